package policy

import (
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
)

// Record is the journal's line about one mail, passed or not: an event and a
// small vector of masked facts, no bodies, no subject. Audit, recipient history,
// statistics, explain and the replay of new rules live on it.
type Record struct {
	ID   email.ID  `json:"id"`   // the mail's envelope id
	Time time.Time `json:"time"` // when this line was written
	// Stage is "intent" (before the final dot to the next hop), "result" (after
	// its reply), "held", "rejected" or "failed" (an infrastructure failure,
	// answered with 4xx). A mail with an intent and no result is one whose
	// outcome a crash has hidden.
	Stage string `json:"stage"`
	// Direction is "out", or "in" for mail that was only learned from.
	Direction string        `json:"direction"`
	Hold      email.ID      `json:"hold,omitempty"`
	Reply     string        `json:"reply,omitempty"` // reply code and enhanced code only
	Accepted  bool          `json:"accepted,omitempty"`
	Client    string        `json:"client,omitempty"`
	Size      int64         `json:"size,omitempty"`
	Took      time.Duration `json:"took,omitempty"` // time spent judging
	// Facts is the vector that rules can be replayed over; nil in a result line.
	Facts   *Message `json:"facts,omitempty"`
	Verdict *Verdict `json:"verdict,omitempty"`
}

// Vector is the copy of m that may be journalled: no subject, no display names,
// no samples, and findings counted by type, part and confidence.
func (m *Message) Vector() *Message {
	v := *m
	v.Header.Subject, v.Header.Recall.Subject, v.Header.Invitation.UID = "", "", ""
	v.Header.From = bare(m.Header.From)
	v.Header.SenderBox = bare(m.Header.SenderBox)
	v.Header.ReplyTo = nil
	v.Header.To, v.Header.Cc, v.Header.Bcc = bare(m.Header.To), bare(m.Header.Cc), nil
	v.Sender.Name = ""
	v.Parts = make([]Part, len(m.Parts))
	for i, p := range m.Parts {
		p.Name, p.Where = "", ""
		v.Parts[i] = p
	}
	v.Findings = tally(m.Findings)
	return &v
}

func bare(in []Mailbox) []Mailbox {
	out := make([]Mailbox, len(in))
	for i, b := range in {
		out[i].Address = b.Address
	}
	return out
}

// tally joins findings of one type, part and confidence step into one with
// their count.
func tally(in []Finding) []Finding {
	if len(in) == 0 {
		return nil
	}
	var sorts Sorts
	var out []Finding
	var seen []Keys // by sort
	for i := range in {
		f := &in[i]
		n, fresh := sorts.Number(f)
		if fresh {
			out = append(out, Finding{Type: f.Type, Subtype: f.Subtype, Place: Place{Part: f.Place.Part}, Confidence: f.Confidence,
				Unencrypted: f.Unencrypted, NotChecked: f.NotChecked})
			seen = append(seen, Keys{})
		}
		out[n].Count += max(1, f.Count)
		out[n].Different += f.Different
		if f.Key != "" && seen[n].Add(f.Key) {
			out[n].Different++
		}
	}
	return out
}
