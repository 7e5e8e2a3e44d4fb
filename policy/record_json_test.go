package policy

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"net/netip"
	"reflect"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
)

// random fills a value; sparse leaves every other field zero.
func random(r *rand.Rand, v reflect.Value, sparse bool) {
	if sparse && r.IntN(2) == 0 {
		return
	}
	words := []string{"a", "山田", "<1@example.jp>", "a\"b\\c", "\x00\x1f\u2028", "bad \xff", "{", "["}
	switch v.Interface().(type) {
	case email.Address:
		v.Set(reflect.ValueOf(email.MustAddress([]string{"a@example.jp", "x.y@partner.example", "\"a b\"@example.com"}[r.IntN(3)])))
		return
	case Masked:
		v.Set(reflect.ValueOf(Mask([]string{"4539578763621486", "佐藤花子", "a@example.jp"}[r.IntN(3)])))
		return
	case time.Time:
		v.Set(reflect.ValueOf(time.Unix(r.Int64N(4e9), r.Int64N(1e9)).In(time.FixedZone("", 3600*r.IntN(10)))))
		return
	case netip.Addr:
		v.Set(reflect.ValueOf(netip.MustParseAddr([]string{"192.0.2.1", "2001:db8::1%eth0"}[r.IntN(2)])))
		return
	case Action:
		v.SetInt(r.Int64N(4))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			random(r, v.Field(i), sparse)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		random(r, v.Elem(), sparse)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), r.IntN(3), 3))
		for i := range v.Len() {
			random(r, v.Index(i), sparse)
		}
	case reflect.Array:
		for i := range v.Len() {
			v.Index(i).SetUint(r.Uint64N(256))
		}
	case reflect.String:
		v.SetString(words[r.IntN(len(words))])
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Float64:
		v.SetFloat([]float64{0.95, 1, 1e-7, 1e21, 1.0 / 3}[r.IntN(5)])
	default: // numbers of some sort
		v.SetInt(1 + r.Int64N(1e12))
	}
}

func TestRecordIsWrittenAsItIsRead(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 2000 {
		var rec Record
		random(r, reflect.ValueOf(&rec).Elem(), i%4 > 0)
		want, err := json.Marshal(rec)
		if err != nil {
			t.Fatal(err)
		}
		got, err := rec.AppendJSON([]byte("x"))
		if err != nil || got[0] != 'x' {
			t.Fatal(err)
		}
		var a, b Record
		if err := json.Unmarshal(want, &a); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(got[1:], &b); err != nil {
			t.Fatalf("%v: %s", err, got)
		}
		if a, b := asJSON(t, a), asJSON(t, b); a != b { // an empty list that is left out is no other than none
			t.Fatalf("read back from encoding/json:\n%s\nfrom AppendJSON:\n%s", a, b)
		}
	}
}

func TestWhatIsNotJSONIsNoRecord(t *testing.T) {
	for _, r := range []Record{
		{Time: time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)},
		{Facts: &Message{Recipients: []Recipient{{Risk: math.NaN()}}}},
		{Facts: &Message{Findings: []Finding{{Confidence: math.Inf(1)}}}},
	} {
		if b, err := r.AppendJSON(nil); err == nil {
			t.Errorf("written: %s", b)
		}
	}
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
