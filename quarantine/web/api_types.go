package web

import (
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// HoldJSON is a hold as programs read it: masked, like the console's list.
type HoldJSON struct {
	ID         email.ID       `json:"id"`
	Version    int64          `json:"version" doc:"what a decision must have seen"`
	State      string         `json:"state"`
	Kind       string         `json:"kind"`
	Received   time.Time      `json:"received"`
	Sender     string         `json:"sender"`
	Subject    string         `json:"subject" doc:"masked"`
	MessageID  string         `json:"message_id"`
	Rules      []string       `json:"rules"`
	Reasons    []TextJSON     `json:"reasons"`
	Deadline   *time.Time     `json:"deadline,omitempty"`
	OnExpiry   string         `json:"on_expiry,omitempty"`
	Urgent     *time.Time     `json:"urgent,omitempty"`
	Note       string         `json:"note,omitempty"`
	Approvers  []string       `json:"approvers"`
	Offers     []string       `json:"offers"`
	Decision   *DecisionJSON  `json:"decision,omitempty"`
	Deliveries []DeliveryJSON `json:"deliveries"`
	Forwards   []ForwardJSON  `json:"forwards,omitempty" doc:"the automatic forwards that it asks about"`
}

// ForwardJSON is what stands about an automatic forward.
type ForwardJSON struct {
	Mailbox string     `json:"mailbox"`
	Target  string     `json:"target"`
	Answer  string     `json:"answer" enum:"asked,allowed,refused,unanswered"`
	By      string     `json:"by,omitempty"`
	Until   time.Time  `json:"until"`
	Revoked *time.Time `json:"revoked,omitempty"`
}

// TextJSON is a sentence in both languages.
type TextJSON struct {
	JA string `json:"ja"`
	EN string `json:"en"`
}

// DecisionJSON is who ended a wait.
type DecisionJSON struct {
	Verb   string    `json:"verb"`
	By     string    `json:"by"`
	Kind   string    `json:"kind"`
	At     time.Time `json:"at"`
	Reason string    `json:"reason,omitempty"`
}

// DeliveryJSON is one recipient.
type DeliveryJSON struct {
	ID        email.ID  `json:"id"`
	Address   string    `json:"address"`
	State     string    `json:"state"`
	Due       time.Time `json:"due"`
	DecidedBy string    `json:"decided_by,omitempty"`
	Reply     string    `json:"reply,omitempty" doc:"the next hop's latest answer"`
}

// EventJSON is a line of the event log.
type EventJSON struct {
	Seq    int64     `json:"seq"`
	Node   int64     `json:"node"`
	Time   time.Time `json:"time"`
	Hold   email.ID  `json:"hold,omitempty"`
	Verb   string    `json:"verb"`
	By     string    `json:"by"`
	Kind   string    `json:"kind"`
	Via    string    `json:"via,omitempty"`
	Reason string    `json:"reason,omitempty"`
	Detail string    `json:"detail,omitempty"`
}

func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	u := t.UTC()
	return &u
}

func decisionJSON(d quarantine.Decision) *DecisionJSON {
	if d.IsZero() {
		return nil
	}
	return &DecisionJSON{Verb: string(d.Verb), By: d.By.Name, Kind: string(d.By.Kind), At: d.At.UTC(), Reason: d.Reason}
}

func holdJSON(h *quarantine.Hold) HoldJSON {
	j := HoldJSON{ID: h.ID, Version: h.Version, State: string(h.State()), Kind: string(h.Kind), Received: h.Created.UTC(), Sender: h.Sender.String(),
		Subject: h.Subject, MessageID: h.Facts.Header.MessageID, Rules: append([]string{}, h.Rules...), Reasons: []TextJSON{}, Deadline: moment(h.Deadline),
		Urgent: moment(h.Desk.Urgent), Note: h.Desk.Note, Approvers: []string{}, Offers: append([]string{}, h.Terms.Offer...),
		Decision: decisionJSON(h.Decision), Deliveries: []DeliveryJSON{}}
	if !h.Deadline.IsZero() {
		j.OnExpiry = h.Terms.OnExpiry
	}
	for _, f := range h.Verdict.Fired {
		for _, r := range f.Reasons {
			if !f.Monitor {
				j.Reasons = append(j.Reasons, textJSON(r))
			}
		}
	}
	for _, p := range h.Assignment.Approvers {
		j.Approvers = append(j.Approvers, p.Address.String())
	}
	for _, f := range h.Forwardings() {
		j.Forwards = append(j.Forwards, ForwardJSON{Mailbox: f.Mailbox.String(), Target: f.Target.String(), Answer: f.Answer, By: f.Decision.By.Name,
			Until: f.Until.UTC(), Revoked: moment(h.Desk.Revoked)})
	}
	for _, d := range h.Deliveries() {
		one := DeliveryJSON{ID: d.ID, Address: d.Recipient.Address.String(), State: string(d.State), Due: d.Due.UTC()}
		if !d.Decision.IsZero() {
			one.DecidedBy = string(d.Decision.By.Kind) + " " + d.Decision.By.Name
		}
		if !d.Reply.IsZero() {
			one.Reply = d.Reply.String()
		}
		j.Deliveries = append(j.Deliveries, one)
	}
	return j
}

func textJSON(t policy.Text) TextJSON { return TextJSON{JA: t.JA, EN: t.EN} }

func eventJSON(e quarantine.Event) EventJSON {
	return EventJSON{Seq: e.Seq, Node: e.Scope.Node, Time: e.Time.UTC(), Hold: e.Hold, Verb: string(e.Verb), By: e.By.Name, Kind: string(e.By.Kind),
		Via: e.By.Via, Reason: e.Reason, Detail: e.Detail}
}
