package policy

import (
	"strings"
	"testing"

	"encoding/json"

	"github.com/sekisho-mail/sekisho/policy/email"
)

func TestVectorKeepsCountsAndNoContent(t *testing.T) {
	m := &Message{
		Header: Header{Subject: "合併の件", From: []Mailbox{{Name: "佐藤 花子", Address: email.MustAddress("hanako@example.co.jp")}}},
		Sender: Sender{Name: "佐藤 花子"},
		Parts:  []Part{{Path: "1", Name: "合併計画.xlsx", Where: "合併計画.xlsx"}},
		Findings: []Finding{
			{Type: "credit_card", Place: Place{Part: "1"}, Confidence: 0.96, Key: "a", Masked: Mask("4539578763621486")},
			{Type: "credit_card", Place: Place{Part: "1"}, Confidence: 0.96, Key: "a"},
			{Type: "credit_card", Place: Place{Part: "1"}, Confidence: 0.96, Key: "b"},
			{Type: "credit_card", Place: Place{Part: "2"}, Confidence: 0.96, Key: "b"},
			{Type: "person_name", Subtype: "kana", Place: Place{Part: "1"}, Confidence: 0.8},
			{Type: "person_name", Place: Place{Part: "1"}, Confidence: 0.8},
		},
	}
	v := m.Vector()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	for _, raw := range []string{"合併", "佐藤", "4539"} {
		if strings.Contains(string(text), raw) {
			t.Errorf("the vector tells %q: %s", raw, text)
		}
	}
	if len(v.Findings) != 4 {
		t.Fatalf("%d findings in the vector, want 4: %+v", len(v.Findings), v.Findings)
	}
	if f := v.Findings[0]; f.Count != 3 || f.Different != 2 {
		t.Errorf("cards in part 1: count %d, different %d, want 3 and 2", f.Count, f.Different)
	}
	if m.Header.Subject == "" || m.Parts[0].Name == "" || m.Findings[0].Key == "" {
		t.Error("the message itself was changed")
	}
}
