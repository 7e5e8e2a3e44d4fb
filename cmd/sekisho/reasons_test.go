package main

import (
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
)

// TestReasonsAreWhatHappened prints what a person reads in scan, check, queue show and
// explain: a file that was opened was read, a duty is told in words, and a record
// without samples has no empty end.
func TestReasonsAreWhatHappened(t *testing.T) {
	m := &policy.Message{
		People: policy.People{Low: 1200, High: 1200, Unencrypted: 1200},
		Duty:   []policy.Duty{policy.DutyOverThousand},
		Parts: []policy.Part{
			{Path: "1"},
			{Path: "2", Where: "open.zip", Encrypted: policy.Encrypted},
			{Path: "2/1", Where: "open.zip / a.csv", Encrypted: policy.Encrypted},
			{Path: "2/2", Where: "open.zip / b.xlsx", Encrypted: policy.Encrypted, Problem: policy.Unreadable},
			{Path: "3", Where: "shut.zip", Encrypted: policy.PartlyEncrypted},
			{Path: "21", Where: "other.7z", Encrypted: policy.Encrypted},
		},
		Findings: []policy.Finding{{Type: policy.PasswordAlongside, Subtype: policy.FileOpened, Place: policy.Place{Part: "2", Where: "open.zip"}}},
	}
	v := policy.Verdict{Fired: []policy.Fired{{Name: "people-list", Action: policy.Hold, Reasons: []policy.Text{{JA: "約1,200人分", EN: "about 1,200 people"}}}}}
	var said strings.Builder
	printReasons(&said, v, m)
	want := `  rule      people-list: hold
            約1,200人分
            about 1,200 people
  people    about 1200
  duty      rule7-4: 1,000人を超える個人データ(漏えい時の報告義務の見込み)
            more than 1,000 people (reporting duty if it leaked, an estimate)
  read      open.zip: encrypted, opened with a password that travels the same way
  read      open.zip / a.csv: encrypted, opened with a password that travels the same way
  unread    open.zip / b.xlsx: encrypted, opened with a password that travels the same way, unreadable
  unread    shut.zip: partly encrypted
  unread    other.7z: encrypted
  found     1 password_sent_alongside in open.zip
`
	if got := indented(said.String()); got != want {
		t.Errorf("printed:\n%s\nwant:\n%s", got, want)
	}
	if got := indented(""); got != "" {
		t.Errorf("nothing is %q", got)
	}
}
