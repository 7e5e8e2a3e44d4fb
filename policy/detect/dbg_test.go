package detect

import (
	"context"
	"github.com/sekisho-mail/sekisho/policy"
	"os"
	"strings"
	"testing"
)

func TestDbg(t *testing.T) {
	d := New(Options{})
	b, _ := os.ReadFile("/tmp/dbg.txt")
	for _, s := range strings.Split(string(b), "\n=====\n") {
		r := d.Detect(context.Background(), []policy.Content{{Part: "1", Text: s, Kind: policy.BodyText}}, Context{})
		rs := []rune(s)
		t.Log("=====")
		for _, f := range r.Findings {
			t.Logf("%s/%s %.2f %q %s %s", f.Type, f.Subtype, f.Confidence, string(rs[f.Place.Start:f.Place.End]), f.Reason.EN, f.Place.Where)
		}
		t.Logf("%+v %v", r.People, r.Duty)
	}
}
