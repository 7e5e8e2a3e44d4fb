package quarantine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
)

// RepairToBcc moves outsiders from To and Cc out of sight. The envelope stays, so
// everybody still gets the mail; only they no longer see each other.
const RepairToBcc = "to_bcc"

// VerbRepair: a repair that the rules offer was made.
const VerbRepair Verb = "repair"

// ErrCannotRepair: the repair is not offered for this mail, or its header cannot
// be changed with certainty.
var ErrCannotRepair = errors.New("quarantine: this mail cannot be repaired like this")

// HeaderChange is one header field as it stands and as a repair makes it, raw
// and without the line end; After is "" when the field goes.
type HeaderChange struct {
	Before, After string
}

// maxRepair bounds a mail that is read into memory for a repair.
const maxRepair = 256 << 20

// PreviewRepair says which header fields a repair would change in the first copy
// that waits. It changes nothing; an empty answer means that there is nothing to
// repair.
func (k *Keeper) PreviewRepair(ctx context.Context, h *Hold, repair string) ([]HeaderChange, error) {
	for _, c := range h.Copies {
		if !waitsIn(c) {
			continue
		}
		_, changes, err := k.repaired(ctx, h, c, repair)
		if err != nil || len(changes) > 0 {
			return changes, err
		}
	}
	return nil, nil
}

// Repair makes a new revision of every copy that waits and lets what waits be
// sent from it. The original stays, and each revision has its own verdict: the
// repaired bytes are judged again. A repair never frees a mail: who decides about
// the original decides about its repaired form, and more people do where the new
// verdict asks for them. What the rules would now refuse is not made.
func (k *Keeper) Repair(ctx context.Context, o Order, repair string) (*Hold, error) {
	seen, err := k.o.Store.Load(ctx, o.Hold)
	if err != nil {
		return nil, fmt.Errorf("repair hold: %w", err)
	}
	now := k.o.Now()
	if err := seen.Allows(VerbRepair, o.By, now); err != nil {
		return nil, fmt.Errorf("repair hold: %w", err)
	}
	made, again := map[email.ID]Revision{}, []policy.Verdict{}
	for _, c := range seen.Copies {
		if !waitsIn(c) {
			continue
		}
		body, changes, err := k.repaired(ctx, seen, c, repair)
		if err != nil {
			return nil, fmt.Errorf("repair hold: %w", err)
		}
		if len(changes) == 0 {
			continue
		}
		digest, err := k.o.Blobs.Put(ctx, body)
		if err != nil {
			return nil, fmt.Errorf("store repaired body: %w", err)
		}
		last := c.Revisions[len(c.Revisions)-1]
		verdict, err := k.judgeAgain(ctx, c, body, last.Verdict)
		if err != nil {
			return nil, fmt.Errorf("repair hold: %w", err)
		}
		again = append(again, verdict)
		made[c.ID] = Revision{Number: last.Number + 1, Repair: repair, Body: digest, Size: body.Size(), Verdict: verdict, Created: now, By: o.By}
	}
	err = k.o.Store.Change(ctx, Edit{Hold: o.Hold, Key: o.Key, Print: o.print(VerbRepair), At: now, Apply: func(h *Hold) (Outcome, error) {
		if h.Version != seen.Version || o.Version != 0 && o.Version != h.Version {
			return Outcome{}, ErrChanged
		}
		if err := h.Allows(VerbRepair, o.By, now); err != nil {
			return Outcome{}, err
		}
		if len(made) == 0 {
			return Outcome{}, ErrCannotRepair
		}
		h.revise(made)
		for _, v := range again {
			h.Terms = stricter(h.Terms, v)
		}
		k.assign(h, now)
		return Outcome{Events: []Event{{Time: now, Hold: h.ID, Verb: VerbRepair, By: o.By, Reason: o.Reason, Detail: repair}}}, nil
	}})
	if err != nil && !errors.Is(err, ErrRepeated) {
		return nil, fmt.Errorf("repair hold: %w", err)
	}
	return k.o.Store.Load(ctx, o.Hold)
}

// judgeAgain is the verdict on repaired bytes.
func (k *Keeper) judgeAgain(ctx context.Context, c *Copy, body email.Body, before policy.Verdict) (policy.Verdict, error) {
	if k.o.Judge == nil {
		return before, nil
	}
	m, v := k.o.Judge(ctx, c.Envelope, body)
	for _, r := range v.Recipients {
		if r.Action == policy.Reject {
			return v, fmt.Errorf("the rules refuse the repaired mail: %w", ErrCannotRepair)
		}
	}
	_, v = evidence(m, v)
	return v, nil
}

// Rejudged is the verdict on what would be sent now, when that is a repaired
// mail; ok is false while it is the original.
func (h *Hold) Rejudged() (v policy.Verdict, ok bool) {
	for _, c := range h.Copies {
		if n := len(c.Revisions); n > 0 && c.Revisions[n-1].Repair != "" {
			return c.Revisions[n-1].Verdict, true
		}
	}
	return v, false
}

// revise puts new revisions under what waits.
func (h *Hold) revise(made map[email.ID]Revision) {
	for _, c := range h.Copies {
		r, ok := made[c.ID]
		if !ok {
			continue
		}
		c.Revisions = append(c.Revisions, &r)
		for _, d := range c.Deliveries {
			if d.State == Waiting {
				d.Revision = r.Number
				d.Version++
			}
		}
	}
	h.Version++
}

func waitsIn(c *Copy) bool {
	return slices.ContainsFunc(c.Deliveries, func(d *Delivery) bool { return d.State == Waiting })
}

// repaired is the copy's latest revision with the repair done.
func (k *Keeper) repaired(ctx context.Context, h *Hold, c *Copy, repair string) (email.Body, []HeaderChange, error) {
	if repair != RepairToBcc || !slices.Contains(h.Terms.Offer, repair) || len(c.Revisions) == 0 {
		return nil, nil, ErrCannotRepair
	}
	body, err := k.Body(ctx, c, c.Revisions[len(c.Revisions)-1].Number)
	if err != nil {
		return nil, nil, err
	}
	raw, err := email.ReadBody(body, maxRepair)
	if err != nil {
		return nil, nil, fmt.Errorf("read body: %w", err)
	}
	out, changes, err := hideOutsiders(raw, h.outsiders())
	if err != nil {
		return nil, nil, err
	}
	return email.BytesBody(out), changes, nil
}

// circle tells outsiders from colleagues, and our own signature from another's.
type circle struct {
	inside  map[string]bool // address keys and, with a leading "@", domains
	outside []email.Address // known outsiders, who must not be left
}

func (h *Hold) outsiders() circle {
	c := circle{inside: map[string]bool{}}
	insider := func(a email.Address) {
		if !a.IsNull() {
			c.inside[a.Key()], c.inside["@"+a.Domain()] = true, true
		}
	}
	insider(h.Sender)
	for _, b := range h.Facts.Header.From {
		if h.Facts.Sender.Internal {
			insider(b.Address)
		}
	}
	for _, r := range h.Facts.Recipients {
		if !r.External {
			insider(r.Address)
		}
	}
	for _, r := range h.Facts.Recipients {
		if r.External {
			delete(c.inside, r.Address.Key())
			c.inside["!"+r.Address.Key()] = true // an outside member of an inside domain
			c.outside = append(c.outside, r.Address)
		}
	}
	return c
}

func (c circle) isOutside(a email.Address) bool {
	return c.inside["!"+a.Key()] || !c.inside[a.Key()] && !c.inside["@"+a.Domain()]
}

// ours tells a signing domain that is one of ours or above one of ours.
func (c circle) ours(domain string) bool {
	for name := range c.inside {
		if own, ok := strings.CutPrefix(name, "@"); ok && (own == domain || strings.HasSuffix(own, "."+domain)) {
			return true
		}
	}
	return false
}

// field is one header field with its bytes, line end included.
type field struct {
	name string // in lower case, "" for a line that is none
	raw  []byte
	// colon is the index behind the colon.
	colon int
}

// splitHeader cuts a mail into its header fields and the rest, which begins with
// the empty line. Joined they are the mail again.
func splitHeader(raw []byte) (fields []field, rest []byte) {
	for len(raw) > 0 && !bytes.HasPrefix(raw, []byte("\r\n")) {
		end := 0
		for {
			i := bytes.Index(raw[end:], []byte("\r\n"))
			if i < 0 {
				end = len(raw)
				break
			}
			end += i + 2
			if end >= len(raw) || raw[end] != ' ' && raw[end] != '\t' {
				break
			}
		}
		f := field{raw: raw[:end]}
		if i := bytes.IndexByte(f.raw, ':'); i > 0 {
			f.name, f.colon = strings.ToLower(strings.TrimRight(string(f.raw[:i]), " \t")), i+1
		}
		fields, raw = append(fields, f), raw[end:]
	}
	return fields, raw
}

// nobodyShown is what RFC 5322 section 3.6.3 and appendix A.1.3 write where no
// recipient is shown.
const nobodyShown = " undisclosed-recipients:;"

// hideOutsiders removes outsiders from To and Cc, and a signature of ours that
// covered these fields and no longer fits. Every other byte stays.
func hideOutsiders(raw []byte, who circle) ([]byte, []HeaderChange, error) {
	fields, rest := splitHeader(raw)
	changed := make([]*[]byte, len(fields))
	shown, touched := false, false
	for i, f := range fields {
		if f.name != "to" && f.name != "cc" {
			continue
		}
		value := bytes.TrimSuffix(f.raw[f.colon:], []byte("\r\n"))
		kept, removed := keepInsiders(value, who)
		if removed == 0 {
			shown = shown || f.name == "to"
			continue
		}
		touched = true
		var after []byte
		if len(bytes.TrimSpace(kept)) > 0 {
			shown = shown || f.name == "to"
			after = slices.Concat(f.raw[:f.colon], kept, []byte("\r\n"))
		}
		changed[i] = &after
	}
	if !touched {
		return raw, nil, nil
	}
	for i, f := range fields {
		if f.name == "to" && changed[i] != nil && *changed[i] == nil && !shown {
			shown = true
			after := slices.Concat(f.raw[:f.colon], []byte(nobodyShown+"\r\n"))
			changed[i] = &after
		}
		if f.name == "dkim-signature" && signs(f, who) {
			changed[i] = new([]byte)
		}
	}
	return splice(fields, changed, rest, who)
}

// splice joins the fields again and makes sure that no known outsider is left
// where he was to go.
func splice(fields []field, changed []*[]byte, rest []byte, who circle) ([]byte, []HeaderChange, error) {
	var out []byte
	var changes []HeaderChange
	for i, f := range fields {
		now := f.raw
		if changed[i] != nil {
			now = *changed[i]
			changes = append(changes, HeaderChange{strings.TrimSuffix(string(f.raw), "\r\n"), strings.TrimSuffix(string(now), "\r\n")})
		}
		if f.name == "to" || f.name == "cc" {
			lower := bytes.ToLower(now)
			for _, a := range who.outside {
				if bytes.Contains(lower, []byte(a.Key())) {
					return nil, nil, fmt.Errorf("an outsider would be left in %s: %w", f.name, ErrCannotRepair)
				}
			}
		}
		out = append(out, now...)
	}
	return append(out, rest...), changes, nil
}

// signs tells a DKIM signature (RFC 6376 section 3.5) of ours over To or Cc.
func signs(f field, who circle) bool {
	tags := map[string]string{}
	for _, tag := range strings.Split(string(f.raw[f.colon:]), ";") {
		name, value, _ := strings.Cut(tag, "=")
		tags[strings.TrimSpace(name)] = strings.ToLower(strings.Join(strings.Fields(value), ""))
	}
	over := strings.Split(tags["h"], ":")
	return who.ours(tags["d"]) && (slices.Contains(over, "to") || slices.Contains(over, "cc"))
}
