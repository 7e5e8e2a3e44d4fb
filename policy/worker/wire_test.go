package worker

import (
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
)

// fill gives every field a value that is not zero, so that one which is forgotten
// shows.
func fill(t *testing.T, v reflect.Value, seed *int) {
	t.Helper()
	*seed++
	switch v.Type() {
	case reflect.TypeFor[time.Time]():
		v.Set(reflect.ValueOf(time.Date(2026, 11, 22, 5, *seed%60, 0, 0, time.FixedZone("", 9*3600))))
		return
	case reflect.TypeFor[email.Address]():
		a, err := email.ParseAddress("a" + strings.Repeat("b", *seed%7) + "@example.co.jp")
		if err != nil {
			t.Fatal(err)
		}
		v.Set(reflect.ValueOf(a))
		return
	case reflect.TypeFor[policy.Masked]():
		v.Set(reflect.ValueOf(policy.Mask("090-1234-5678")))
		return
	}
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(int64(*seed) - 40)
	case reflect.Uint8, reflect.Uint, reflect.Uint64:
		v.SetUint(uint64(*seed % 256))
	case reflect.Float64:
		v.SetFloat(float64(*seed) / 3)
	case reflect.String:
		v.SetString(strings.Repeat("名", *seed%5+1))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(t, v.Elem(), seed)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fallthrough
	case reflect.Array:
		for i := range v.Len() {
			fill(t, v.Index(i), seed)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Field(i), seed)
		}
	default:
		t.Fatalf("no value for a %s", v.Type())
	}
}

func TestEveryFieldCrossesThePipe(t *testing.T) {
	for _, v := range []any{new(request), new(answer), new(Reply)} {
		seed := 0
		fill(t, reflect.ValueOf(v).Elem(), &seed)
		got := reflect.New(reflect.TypeOf(v).Elem())
		if err := decode(encode(nil, v), got.Interface()); err != nil {
			t.Fatalf("%T: %v", v, err)
		}
		// Times compare by what they say: the zone is another object.
		if a, ok := v.(*answer); ok {
			b := got.Interface().(*answer)
			for _, h := range []*policy.Header{&a.Inspection.Header, &a.Rendering.Header, &b.Inspection.Header, &b.Rendering.Header} {
				if h.Date.IsZero() || h.Date.Format("-0700") != "+0900" {
					t.Errorf("date arrived as %v", h.Date)
				}
				h.Date = h.Date.UTC()
			}
		}
		if !reflect.DeepEqual(got.Interface(), v) {
			t.Errorf("sent     %+v\nreceived %+v", v, got.Interface())
		}
	}
}

func TestNilAndEmptyListsStayApart(t *testing.T) {
	var got answer
	if err := decode(encode(nil, &answer{Inspection: &policy.Inspection{Parts: []policy.Part{}}}), &got); err != nil {
		t.Fatal(err)
	}
	if got.Inspection.Parts == nil || got.Inspection.Findings != nil {
		t.Errorf("got %#v", got.Inspection)
	}
}

func TestHostileValuesAreRefused(t *testing.T) {
	good := encode(nil, &answer{ID: 1, Error: "x"})
	parts := encode(nil, &answer{ID: 1, Inspection: &policy.Inspection{}})
	many := append([]byte{}, parts...)
	// The list of parts claims more than can be there.
	header := encode(nil, &policy.Header{})
	at := len(parts) - (len(encode(nil, &policy.Inspection{})) - len(header)) // behind the header
	many = append(many[:at], 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1)
	for name, b := range map[string][]byte{
		"empty": nil, "short": good[:len(good)-1], "long": append(append([]byte{}, good...), 0),
		"another program's": append([]byte{good[0] ^ 1}, good[1:]...), "a list without end": many,
		"a number without end": append(append([]byte{}, good[:4]...), 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
	} {
		var a answer
		if err := decode(b, &a); err == nil {
			t.Errorf("%s: was taken as %+v", name, a)
		}
	}
	// More memory than an answer may take, in a frame that holds the claim.
	d := decoder{b: strings.Repeat("\x00", 1<<20), room: 1 << 10}
	if d.reserve(100, 1, 100) || !errors.Is(d.err, errShort) {
		t.Error("a list took more memory than there is room for")
	}
	var f struct{ F float64 }
	if err := decode(encode(nil, &struct{ F float64 }{math.NaN()}), &f); err != nil || !math.IsNaN(f.F) {
		t.Errorf("NaN arrived as %v, %v; it is the verifier's to refuse", f.F, err)
	}
}

func TestTextArrivesAsUTF8(t *testing.T) {
	var got Reply
	if err := decode(encode(nil, &Reply{Text: "a\xffb"}), &got); err != nil || got.Text != "a\ufffdb" {
		t.Errorf("got %q, %v", got.Text, err)
	}
}
