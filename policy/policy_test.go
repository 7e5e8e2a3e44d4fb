package policy

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"testing"

	"github.com/sekisho-mail/sekisho/policy/email"
)

func TestMaskNeverKeepsTheValue(t *testing.T) {
	for _, tc := range []struct{ raw, want string }{
		{"", ""}, {"A", "*"}, {"山田", "**"}, {"山田太", "山**"}, {"123456789018", "1234********"},
		{"1234 5678 9018", "1234 **** ****"}, {"090-1234-5678", "090-****-****"}, {"ａｂｃ", "ａ**"},
		{"a\nb\x00c", "a****"},
	} {
		if got := Mask(tc.raw).String(); got != tc.want {
			t.Errorf("Mask(%q) = %q, want %q", tc.raw, got, tc.want)
		}
	}
	if got := MaskAll("hunter2hunter2").String(); got != "********" {
		t.Errorf("MaskAll keeps %q", got)
	}
}

func TestMaskedFromALyingWorkerIsMaskedAgain(t *testing.T) {
	for _, raw := range []string{"123456789018", "12345*", "佐藤花子と鈴木", "1*2*3*4*5*"} {
		var m Masked
		b, _ := json.Marshal(raw)
		if err := json.Unmarshal(b, &m); err != nil {
			t.Fatal(err)
		}
		if m.String() == raw {
			t.Errorf("raw value %q came through", raw)
		}
	}
	for _, raw := range []string{"123456789018", "090-1234-5678", "山田 太郎", "hanako@example.jp", ""} {
		b, _ := json.Marshal(Mask(raw))
		var m Masked
		if err := json.Unmarshal(b, &m); err != nil || m != Mask(raw) {
			t.Errorf("%q became %q on the way, want %q (%v)", raw, m, Mask(raw), err)
		}
	}
}

func TestUnknownActionsHold(t *testing.T) {
	if Action(9).String() != "hold" {
		t.Error("an action nobody knows does not read as hold")
	}
	var a Action
	if err := json.Unmarshal([]byte(`"let it go"`), &a); err != nil || a != Hold {
		t.Errorf("an unknown action became %s (%v)", a, err)
	}
	if (Verdict{}).Action() != Hold {
		t.Error("a verdict without recipients does not hold")
	}
}

type fakeInspector struct{ panics bool }

func (f fakeInspector) Inspect(context.Context, email.Envelope, email.Body) Inspection {
	if f.panics {
		panic("parser")
	}
	return Inspection{}
}

type fakeCheck struct{ err error }

func (fakeCheck) Name() string    { return "fake" }
func (fakeCheck) Facts() []string { return []string{"thread", "groups"} }
func (f fakeCheck) Run(context.Context, *Message) ([]Finding, error) {
	return []Finding{{Type: "x"}}, f.err
}

type fakeDecider func(*Message) Verdict

func (f fakeDecider) Decide(_ context.Context, m *Message) Verdict { return f(m) }

func passing(m *Message) Verdict {
	var v Verdict
	for _, r := range m.Envelope.Recipients {
		v.Recipients = append(v.Recipients, RecipientVerdict{Address: r.Address})
	}
	return v
}

func TestJudgeAlwaysAnswersAndFailsClosed(t *testing.T) {
	env := email.Envelope{Recipients: []email.Recipient{{Address: email.MustAddress("a@b.example")}}}
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	for _, tc := range []struct {
		name   string
		engine Engine
		want   Action
	}{
		{"all well", Engine{Inspector: fakeInspector{}, Decider: fakeDecider(passing)}, Pass},
		{"inspector panics", Engine{Inspector: fakeInspector{panics: true}, Decider: fakeDecider(passing)}, Hold},
		{"decider panics", Engine{Inspector: fakeInspector{}, Decider: fakeDecider(func(*Message) Verdict { panic("rule") })}, Hold},
		{"decider forgets a recipient", Engine{Inspector: fakeInspector{}, Decider: fakeDecider(func(*Message) Verdict { return Verdict{} })}, Hold},
	} {
		tc.engine.Log = log
		m, v := tc.engine.Judge(context.Background(), env, email.BytesBody(nil))
		if m == nil || v.Action() != tc.want || len(v.Recipients) != 1 {
			t.Errorf("%s: %s for %d recipients, want %s for 1", tc.name, v.Action(), len(v.Recipients), tc.want)
		}
	}
}

func TestAFailedCheckMakesItsFactsUnknown(t *testing.T) {
	e := Engine{Inspector: fakeInspector{}, Checks: []Check{fakeCheck{err: errors.New("away")}, fakeCheck{}},
		Decider: fakeDecider(passing), Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	m, _ := e.Judge(context.Background(), email.Envelope{}, email.BytesBody(nil))
	if len(m.NotChecked) != 2 || m.NotChecked[0].Fact != "thread" || m.NotChecked[1].Fact != "groups" {
		t.Errorf("unknown facts are %+v", m.NotChecked)
	}
	if len(m.Findings) != 1 {
		t.Errorf("findings of a failed check were believed: %+v", m.Findings)
	}
}
