package notify

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/detect"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// both says the same in both languages.
func both(s string) policy.Text { return policy.Text{JA: s, EN: s} }

// join puts texts together with a separator for each language.
func join(in []policy.Text, sep policy.Text) policy.Text {
	var out policy.Text
	for i, t := range in {
		if i > 0 {
			out.JA += sep.JA
			out.EN += sep.EN
		}
		out.JA += t.In("ja")
		out.EN += t.In("en")
	}
	return out
}

var comma = policy.Text{JA: "、", EN: ", "}

// clock writes times in the organisation's zone.
type clock struct{ zone *time.Location }

var weekdays = []string{"日", "月", "火", "水", "木", "金", "土"}

// when is "11月18日(水) 10:00" and "Wed 18 Nov 10:00".
func (c clock) when(t time.Time) policy.Text {
	t = t.In(c.zone)
	return policy.Text{JA: fmt.Sprintf("%d月%d日(%s) %02d:%02d", int(t.Month()), t.Day(), weekdays[t.Weekday()], t.Hour(), t.Minute()),
		EN: t.Format("Mon 2 Jan 15:04")}
}

// short is the same for subject lines: "11/18 10:00" and "18 Nov 10:00".
func (c clock) short(t time.Time) policy.Text {
	t = t.In(c.zone)
	return policy.Text{JA: t.Format("1/2 15:04"), EN: t.Format("2 Jan 15:04")}
}

// few are the first addresses of a list and how many more there are.
func few(list []email.Address, most int) policy.Text {
	var shown []policy.Text
	for _, a := range list[:min(len(list), most)] {
		shown = append(shown, both(oneLine(a.String())))
	}
	out := join(shown, comma)
	if more := len(list) - most; more > 0 {
		out.JA += fmt.Sprintf(" ほか%s名", thousands(more))
		out.EN += fmt.Sprintf(" and %s more", thousands(more))
	}
	return out
}

// people is "5名" and "5 recipients".
func count(n int, ja, en, plural string) policy.Text {
	if n == 1 {
		return policy.Text{JA: ja + "1名", EN: "1 " + en}
	}
	return policy.Text{JA: ja + thousands(n) + "名", EN: thousands(n) + " " + plural}
}

// reach sorts the recipients of a hold.
type reach struct {
	held                        []email.Address // who waits or waited
	heldOutside                 []email.Address
	passedInside, passedOutside int
	firstContact                int
	outsiders                   int      // heldOutside, lists by their outside members
	domains                     []string // of heldOutside, most frequent first
	perDomain                   map[string]int
}

func reachOf(h *quarantine.Hold) reach {
	r := reach{perDomain: map[string]int{}}
	for _, d := range h.Deliveries() {
		a := d.Recipient.Address
		known, outside := external(h, a)
		switch {
		case wasHeld(d):
			r.held = append(r.held, a)
			if !outside {
				continue
			}
			r.heldOutside = append(r.heldOutside, a)
			r.outsiders += max(1, known.Members)
			if r.perDomain[a.Domain()] == 0 {
				r.domains = append(r.domains, a.Domain())
			}
			r.perDomain[a.Domain()] += max(1, known.Members)
			if known.FirstContact {
				r.firstContact++
			}
		case outside:
			r.passedOutside++
		default:
			r.passedInside++
		}
	}
	slices.SortStableFunc(r.domains, func(a, b string) int { return r.perDomain[b] - r.perDomain[a] })
	return r
}

// wasHeld tells a delivery whose end is worth telling: one that waited, was
// refused at once, or failed.
func wasHeld(d *quarantine.Delivery) bool {
	return d.Action != policy.Pass || !d.Decision.IsZero() || d.State == quarantine.Waiting || d.State == quarantine.Failed
}

// external is what the judgement knew of a recipient. One that only a later copy
// named is outside unless it shares the sender's domain.
func external(h *quarantine.Hold, a email.Address) (policy.Recipient, bool) {
	for _, r := range h.Facts.Recipients {
		if r.Address.Equal(a) {
			return r, r.External
		}
	}
	return policy.Recipient{}, !strings.EqualFold(a.Domain(), h.Sender.Domain())
}

// delivered says who has the mail already.
func (r reach) delivered() policy.Text {
	var out []policy.Text
	if r.passedInside > 0 {
		out = append(out, count(r.passedInside, "社内", "colleague", "colleagues"))
	}
	if r.passedOutside > 0 {
		out = append(out, count(r.passedOutside, "社外", "outside", "outside"))
	}
	if len(out) == 0 {
		return policy.Text{JA: "なし", EN: "none"}
	}
	return join(out, comma)
}

// maxDomains and maxPlaces bound what one line lists.
const (
	maxDomains = 4
	maxPlaces  = 3
)

// byDomain is "partner.example 3、gmail.com 2".
func (r reach) byDomain() policy.Text {
	var out []policy.Text
	for _, d := range r.domains[:min(len(r.domains), maxDomains)] {
		out = append(out, both(fmt.Sprintf("%s %d", oneLine(d), r.perDomain[d])))
	}
	t := join(out, comma)
	if more := len(r.domains) - maxDomains; more > 0 {
		t.JA += fmt.Sprintf("、ほか%dドメイン", more)
		t.EN += fmt.Sprintf(", %d more domains", more)
	}
	return t
}

// target is the outside domain of the subject line.
func (r reach) target() policy.Text {
	if len(r.domains) == 0 {
		return few(r.held, 1)
	}
	t := both(oneLine(r.domains[0]))
	if more := len(r.domains) - 1; more > 0 {
		t.JA += fmt.Sprintf(" ほか%d", more)
		t.EN += fmt.Sprintf(" and %d more", more)
	}
	return t
}

// reason is why it is held: the rules' own sentences, which name no values.
func reason(h *quarantine.Hold) policy.Text {
	v := h.Verdict
	v.Fired = slices.DeleteFunc(slices.Clone(v.Fired), func(f policy.Fired) bool { return f.Action < policy.Delay })
	return policy.Text{JA: v.Sentence("ja"), EN: v.Sentence("en")}
}

// evidence are the findings the rules looked at; business contacts, such as the
// sender's own name in the header, only where there is nothing else.
func evidence(h *quarantine.Hold) []policy.Finding {
	all := looked(h)
	business := func(f policy.Finding) bool { return f.Type == businessContact }
	if private := slices.DeleteFunc(slices.Clone(all), business); len(private) > 0 {
		return private
	}
	return all
}

// businessContact is the detectors' name for what is not a private person's.
const businessContact = "business_contact"

func looked(h *quarantine.Hold) []policy.Finding {
	var out []policy.Finding
	seen := map[int]bool{}
	for _, f := range h.Verdict.Fired {
		if f.Monitor {
			continue
		}
		for _, n := range f.Findings {
			if n >= 0 && n < len(h.Facts.Findings) && !seen[n] {
				seen[n] = true
				out = append(out, h.Facts.Findings[n])
			}
		}
	}
	return out
}

var rowPattern = regexp.MustCompile(` / row (\d+)$`)

// places says where: each file or sheet once, from its first row on. Without
// findings they are the parts that could not be read, unless only recipients are at stake.
func places(h *quarantine.Hold) policy.Text {
	var order []string
	rows := map[string]int{}
	note := func(where string) {
		if where = oneLine(where); where == "" {
			return
		}
		row := 0
		if m := rowPattern.FindStringSubmatch(where); m != nil {
			row, _ = strconv.Atoi(m[1])
			where = strings.TrimSuffix(where, m[0])
		}
		first, known := rows[where]
		if !known {
			order = append(order, where)
		}
		if !known || row < first {
			rows[where] = row
		}
	}
	for _, f := range evidence(h) {
		note(f.Place.Where)
	}
	if len(order) == 0 && h.Verdict.OfContent() {
		for _, p := range h.Facts.Parts {
			if p.Problem != policy.NoProblem && p.View == "" {
				note(p.Where)
			}
		}
	}
	var out []policy.Text
	for _, where := range order[:min(len(order), maxPlaces)] {
		out = append(out, place(where, rows[where]))
	}
	t := join(out, policy.Text{JA: "、", EN: "; "})
	if more := len(order) - maxPlaces; more > 0 {
		t.JA += fmt.Sprintf(" ほか%d箇所", more)
		t.EN += fmt.Sprintf(" and %d more places", more)
	}
	return t
}

func place(where string, row int) policy.Text {
	t := policy.PlaceText(where)
	switch where {
	case "body":
		t = policy.Text{JA: "本文", EN: "text of the mail"}
	case "header":
		t = policy.Text{JA: "件名・宛先欄", EN: "subject and address lines"}
	}
	if row > 0 {
		gap := " "
		if strings.HasSuffix(t.JA, "」") {
			gap = ""
		}
		t.JA += fmt.Sprintf("%s%d行目～", gap, row)
		t.EN += fmt.Sprintf(" / from row %d", row)
	}
	return t
}

// kinds says what was found, each type once.
func kinds(h *quarantine.Hold) policy.Text {
	var out []policy.Text
	seen := map[string]bool{}
	for _, f := range evidence(h) {
		if !seen[f.Type] {
			seen[f.Type] = true
			out = append(out, kindName(f.Type))
		}
	}
	return join(out, comma)
}

// kindName is a finding type in words; the site's own types have theirs in the
// rules and keep their name here.
func kindName(kind string) policy.Text {
	for _, t := range kindNames {
		if t.Name == kind {
			return t.Title
		}
	}
	return both(strings.ReplaceAll(kind, "_", " "))
}

var kindNames = detect.Types()

// affected says how many people, and whether they are protected.
func affected(h *quarantine.Hold) policy.Text {
	p := h.Facts.People
	people := func(n int) (ja, en string) {
		if n == 1 {
			return "約1人", "about 1 person"
		}
		return "約" + thousands(n) + "人", "about " + thousands(n) + " people"
	}
	switch {
	case len(evidence(h)) == 0: // it is held for something else
	case p.Unencrypted > 0:
		ja, en := people(p.Unencrypted)
		return policy.Text{JA: ja + "、暗号化なし", EN: en + ", not encrypted"}
	case p.High > 0:
		ja, en := people(p.High)
		return policy.Text{JA: ja + "、暗号化あり", EN: en + ", encrypted"}
	}
	return policy.Text{}
}

// thousands writes 23012 as "23,012".
func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
