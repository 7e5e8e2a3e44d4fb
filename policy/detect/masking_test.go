package detect

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
)

// hidden tells that out does not hold value in any of the ways it could be
// written: as it stands, folded, without what parts its digits. Up to a third of a
// value and at most four characters may show.
func hidden(out, value string) bool {
	folded, _ := fold(value)
	plain := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -\n\u00a0", r) {
			return -1
		}
		return r
	}, folded)
	for _, v := range []string{value, folded, plain, lower(plain)} {
		if len([]rune(v)) >= 2 && strings.Contains(out, v) {
			return false
		}
	}
	return true
}

// Nothing that Detect gives holds a raw value, of any type: findings as they are
// encoded for the pipe of a worker, as Go prints them, and field by field.
func TestNothingRawLeavesDetect(t *testing.T) {
	d := New(Options{Possible: true})
	told := map[string]bool{}
	for _, c := range typeCases {
		if c.want == "" {
			continue
		}
		r := d.Detect(context.Background(), []policy.Content{{Part: "1", Text: c.text, Kind: policy.BodyText}}, Context{})
		encoded, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		printed := fmt.Sprintf("%+v %#v", r, r)
		runes := []rune(c.text)
		for _, f := range r.Findings {
			told[f.Type] = true
			raw := string(runes[f.Place.Start:f.Place.End])
			if len([]rune(raw)) < 5 { // 男, 05/29: words that a reason may hold of itself
				continue
			}
			for name, out := range map[string]string{"encoded": string(encoded), "printed": printed, "fields": fields(reflect.ValueOf(f))} {
				if !hidden(out, raw) {
					t.Errorf("%s: %s holds the value", f.Type, name)
				}
			}
		}
	}
	for _, k := range allKinds() {
		if !k.silent && !told[k.name] && k != biometric {
			t.Errorf("%s has no worked example, so its mask was not tried", k.name)
		}
	}
}

// fields joins all strings in a value, unexported ones too.
func fields(v reflect.Value) string {
	switch v.Kind() {
	case reflect.String:
		return v.String() + "\n"
	case reflect.Struct:
		out := ""
		for i := range v.NumField() {
			out += fields(v.Field(i))
		}
		return out
	case reflect.Slice:
		out := ""
		for i := range v.Len() {
			out += fields(v.Index(i))
		}
		return out
	}
	return ""
}
