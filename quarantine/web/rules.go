package web

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/mail"
	"slices"
	"strings"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/policy/rule"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// figureDays is how many days statistics look back.
const figureDays = 30

type ruleView struct {
	Name, Title, Description string
	When                     string
	Action                   string
	Monitor                  bool
	Terms                    []string
	Place                    string
	// Holds is how many mails it held in the last days, Rate for 1,000 mails
	// sent, Approved the share of those decided that were let go.
	Holds    int
	Rate     string
	Approved string
	// Would is how often a monitored rule would have acted.
	Would int
}

type rulesPage struct {
	Rules   []ruleView
	Digest  string
	Loaded  Moment
	Tried   Moment
	Problem string
	Monitor bool
	Days    int
	Week    int
	Mails   int
}

// showRules shows the live set with what each rule did.
func (c *call) showRules() error {
	status, set := c.s.o.Rules.Status(), c.s.o.Rules.Set()
	p := rulesPage{Digest: status.Digest.String()[:12], Loaded: c.words.when(status.Loaded), Tried: c.words.when(status.Tried),
		Problem: status.Problem, Monitor: set.Monitored(), Days: figureDays, Week: tallyDays}
	since := c.s.o.Now().AddDate(0, 0, -figureDays)
	held, err := c.s.o.Outlines.Outlines(c.ctx(), since, c.s.o.Now().Add(time.Minute))
	if err != nil {
		return fmt.Errorf("list outlines: %w", err)
	}
	counts, err := c.s.o.Records.CountRecords(c.ctx(), quarantine.RecordQuery{Since: since})
	if err != nil {
		return fmt.Errorf("count records: %w", err)
	}
	for _, n := range counts {
		if n.Stage == "intent" || n.Stage == "held" || n.Stage == "rejected" {
			p.Mails += int(n.Count)
		}
	}
	t, err := c.s.tally(c.ctx(), c.words.zone)
	if err != nil {
		return err
	}
	for _, r := range set.Rules() {
		p.Rules = append(p.Rules, c.ruleView(r, held, p.Mails, t))
	}
	return c.render("rules", c.t("rules.title"), p)
}

func (c *call) ruleView(r rule.Rule, held []quarantine.Outline, mails int, t *tally) ruleView {
	v := ruleView{Name: r.Name, Title: r.Title.In(c.words.lang), Description: r.Description, When: strings.TrimSpace(r.When),
		Action: c.t("action." + r.Then.String()), Monitor: r.Monitor, Place: fmt.Sprintf("%s:%d", r.File, r.Line), Would: t.monitored[r.Name]}
	if v.Title == "" {
		v.Title = r.Name
	}
	if len(r.Terms.Approvers) > 0 && r.Then == policy.Hold {
		words := make([]string, len(r.Terms.Approvers))
		for i, w := range r.Terms.Approvers {
			words[i] = c.words.or("decider."+w, w)
		}
		v.Terms = append(v.Terms, c.t("rules.decided-by", "who", strings.Join(words, c.t("list.and"))))
	}
	if r.Terms.Deadline != "" {
		v.Terms = append(v.Terms, c.t("rules.deadline", "deadline", c.words.deadline(r.Terms.Deadline)))
	}
	if r.Then == policy.Delay {
		v.Terms = append(v.Terms, c.t("rules.delay", "span", c.words.span(r.Delay)))
	}
	if r.Terms.ReasonRequired && r.Then == policy.Hold {
		v.Terms = append(v.Terms, c.t("rules.reason"))
	}
	for _, term := range []struct {
		set bool
		key string
	}{{r.Terms.LogIn, "rules.log-in"}, {r.Terms.NoRecipients, "rules.no-recipients"}, {r.Terms.SendThenReview, "rules.send-then-review"}} {
		if term.set {
			v.Terms = append(v.Terms, c.t(term.key))
		}
	}
	decided, approved := 0, 0
	for _, h := range held {
		if !slices.Contains(h.Rules, r.Name) {
			continue
		}
		v.Holds++
		switch h.Decision.Verb {
		case quarantine.VerbApprove, quarantine.VerbRelease, quarantine.VerbSendFirst:
			decided, approved = decided+1, approved+1
		case quarantine.VerbReject, quarantine.VerbCancel, quarantine.VerbExpire:
			decided++
		}
	}
	if mails > 0 {
		v.Rate = fmt.Sprintf("%.1f", 1000*float64(v.Holds)/float64(mails))
	}
	if decided > 0 {
		v.Approved = fmt.Sprintf("%d %%", (100*approved+decided/2)/decided)
	}
	return v
}

// deadline is "8 working hours" in words; another form stays as it was written.
func (r reader) deadline(s string) string {
	n, unit, ok := strings.Cut(s, " ")
	key := "deadline." + strings.ReplaceAll(strings.TrimSuffix(unit, "s"), " ", "-")
	if !ok || !r.tr.has(key) {
		return s
	}
	return r.t(key, "n", n)
}

type tryPage struct {
	Done     bool
	Problem  string
	From, To string
	Action   string
	Verdict  string
	Hold     *HoldView
	Rules    []rule.Explanation
	Titles   map[string]string
	Fired    int
	Size     string
}

func (c *call) showTry() error { return c.render("try", c.t("try.title"), tryPage{}) }

// doTry judges an uploaded mail with the live rules. Nothing of it is kept and
// nothing is sent.
func (c *call) doTry() error {
	p := tryPage{From: clip(c.r.PostFormValue("from"), 320), To: clip(c.r.PostFormValue("to"), 8000)}
	refuse := func(key string) error {
		p.Problem = c.t(key)
		return c.renderStatus(400, "try", c.t("try.title"), p)
	}
	raw, err := c.upload("mail")
	if err != nil || len(raw) == 0 {
		return refuse("try.no-file")
	}
	env, err := tryEnvelope(raw, p.From, p.To, c.s.o.Now())
	if err != nil {
		return refuse("try.bad-envelope")
	}
	p.From, p.To = env.Sender.String(), ""
	for i, a := range env.Addresses() {
		if i > 0 {
			p.To += ", "
		}
		p.To += a.String()
	}
	m := c.s.o.Survey(c.ctx(), env, email.BytesBody(raw))
	set := c.s.o.Rules.Set()
	verdict := set.Decide(c.ctx(), m)
	h := &quarantine.Hold{ID: env.ID, Created: env.Received, Kind: quarantine.KindMail, Sender: env.Sender,
		Subject: quarantine.MaskSubject(m.Header.Subject), Facts: *m, Verdict: verdict}
	cp := &quarantine.Copy{Number: 1, Envelope: env, Revisions: []*quarantine.Revision{{Number: 1, Size: int64(len(raw))}}}
	for i, r := range env.Recipients {
		d := &quarantine.Delivery{ID: env.ID, Recipient: r, State: quarantine.Due}
		if i < len(verdict.Recipients) {
			d.Action = verdict.Recipients[i].Action
		}
		cp.Deliveries = append(cp.Deliveries, d)
	}
	h.Copies = []*quarantine.Copy{cp}
	p.Done, p.Hold, p.Size = true, c.holdView(h), c.words.size(int64(len(raw)))
	p.Action, p.Verdict = verdict.Action().String(), c.t("try.action."+verdict.Action().String())
	p.Rules, p.Titles = set.Explain(c.ctx(), m), map[string]string{}
	for i, e := range p.Rules {
		p.Titles[e.Rule] = e.Title.In(c.words.lang)
		p.Rules[i].Error = "" // it may quote the mail
		if e.Result == "true" {
			p.Fired++
		}
	}
	slices.SortStableFunc(p.Rules, func(a, b rule.Explanation) int { return rank(a) - rank(b) })
	return c.render("try", c.t("try.title"), p)
}

// rank puts rules that fired first.
func rank(e rule.Explanation) int {
	switch e.Result {
	case "true":
		return 0
	case "error":
		return 1
	case "unknown":
		return 2
	}
	return 3
}

func (c *call) upload(field string) ([]byte, error) {
	f, _, err := c.r.FormFile(field)
	if err != nil {
		return nil, fmt.Errorf("read upload: %w", err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, c.s.o.UploadLimit+1))
	if err != nil {
		return nil, fmt.Errorf("read upload: %w", err)
	}
	if int64(len(b)) > c.s.o.UploadLimit {
		return nil, errTooLarge
	}
	return b, nil
}

var errNoRecipients = errors.New("web: the mail names no recipients")

// tryEnvelope is the envelope as typed, else what the mail's header says.
func tryEnvelope(raw []byte, from, to string, now time.Time) (email.Envelope, error) {
	env := email.Envelope{ID: email.NewID(now), Received: now}
	head := mail.Header{}
	if m, err := mail.ReadMessage(bytes.NewReader(raw[:min(len(raw), maxHeader)])); err == nil {
		head = m.Header
	}
	if from == "" {
		if list, err := head.AddressList("From"); err == nil && len(list) > 0 {
			from = list[0].Address
		}
	}
	var err error
	if env.Sender, err = parseAddress(from); err != nil {
		return env, err
	}
	var list []string
	if strings.TrimSpace(to) != "" {
		list = strings.FieldsFunc(to, func(r rune) bool { return strings.ContainsRune(",; \r\n\t、；", r) })
	} else {
		for _, field := range []string{"To", "Cc", "Bcc"} {
			boxes, err := head.AddressList(field)
			if err != nil {
				continue
			}
			for _, b := range boxes {
				list = append(list, b.Address)
			}
		}
	}
	for _, s := range list {
		a, err := parseAddress(s)
		if err != nil {
			return env, err
		}
		env.Recipients = append(env.Recipients, email.Recipient{Address: a})
	}
	if len(env.Recipients) == 0 {
		return env, errNoRecipients
	}
	return env, nil
}
