package web

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// stateReview is chosen like a state: mail that was sent first and waits for its
// review.
const stateReview = "review"

// filter is the search of a list as its form shows it.
type filter struct {
	Q, State, Rule, Sender, Recipient, Since, Till, Cursor string
}

func readFilter(v url.Values) filter {
	get := func(name string) string { return clip(strings.TrimSpace(v.Get(name)), 320) }
	return filter{get("q"), get("state"), get("rule"), get("sender"), get("recipient"), get("since"), get("till"), get("cursor")}
}

// encode is the query string without the page.
func (f filter) encode() string {
	v := url.Values{}
	for name, value := range map[string]string{"q": f.Q, "state": f.State, "rule": f.Rule, "sender": f.Sender, "recipient": f.Recipient, "since": f.Since, "till": f.Till} {
		if value != "" {
			v.Set(name, value)
		}
	}
	return v.Encode()
}

// query turns the form into a search; dates are days in the reader's zone.
func (f filter) query(r reader) (quarantine.Query, error) {
	q := quarantine.Query{Kind: quarantine.KindMail, Rule: f.Rule, Cursor: f.Cursor}
	if f.State == stateReview {
		q.Review = true
	} else if f.State != "" && f.State != "all" {
		if !slices.Contains(quarantine.States(), quarantine.State(f.State)) {
			return q, wrong("list.bad-state")
		}
		q.State = quarantine.State(f.State)
	}
	var err error
	if f.Sender != "" {
		if q.Sender, err = parseAddress(f.Sender); err != nil {
			return q, wrong("list.bad-address", "field", r.t("list.sender"))
		}
	}
	if f.Recipient != "" {
		if q.Recipient, err = parseAddress(f.Recipient); err != nil {
			return q, wrong("list.bad-address", "field", r.t("list.recipient"))
		}
	}
	day := func(s string) (time.Time, error) {
		if s == "" {
			return time.Time{}, nil
		}
		t, err := time.ParseInLocation("2006-01-02", s, r.zone)
		if err != nil {
			return t, wrong("list.bad-date")
		}
		return t, nil
	}
	if q.Since, err = day(f.Since); err != nil {
		return q, err
	}
	if q.Till, err = day(f.Till); err != nil {
		return q, err
	}
	if !q.Till.IsZero() {
		q.Till = q.Till.AddDate(0, 0, 1)
	}
	return q, f.text(&q)
}

// text tells what was typed into the search box: an id or its beginning, an
// address, or words of the subject.
func (f filter) text(q *quarantine.Query) error {
	switch {
	case f.Q == "":
	case strings.Contains(f.Q, "@"):
		a, err := parseAddress(strings.Trim(f.Q, "<>"))
		switch {
		case err != nil:
			q.Subject = f.Q
		case q.Sender.IsNull():
			q.Sender = a
		default:
			q.Recipient = a
		}
	case looksLikeID(f.Q):
		q.ID = strings.ToLower(f.Q)
	default:
		q.Subject = f.Q
	}
	return nil
}

// looksLikeID tells the beginning of an id from a word of a subject.
func looksLikeID(s string) bool {
	if len(s) < 8 || len(s) > 26 || s[0] < '0' || s[0] > '7' {
		return false
	}
	return strings.Trim(strings.ToLower(s), "0123456789abcdefghjkmnpqrstvwxyz") == ""
}

// listRow is a hold in a list.
type listRow struct {
	*HoldView
	Rules  []string
	Age    string
	Choose bool // may be ticked for a bulk decision
	Own    bool
}

type listPage struct {
	Filter  filter
	States  []option
	Rules   []option
	Rows    []listRow
	Next    string
	Views   []SavedView
	Query   string
	Bulk    bool
	Stats   quarantine.Stats
	Oldest  string
	Mine    bool
	Any     bool // a filter is set
	Limited bool // an approver's list shows his own holds only
	// AllOf: an admin may decide about all that is found.
	AllOf   bool
	Reviews string // how many mails wait for review, in words; "" for none
}

// option is a choice of a form.
type option struct {
	Value, Text string
	Chosen      bool
}

const pageSize = 50

// showQueue lists holds. Without any filter it shows what waits.
func (c *call) showQueue() error {
	f := readFilter(c.r.URL.Query())
	p := listPage{Filter: f, Query: f.encode(), Any: f.encode() != "", Limited: !c.account.Is(RoleAdmin)}
	if f.State == "" && !p.Any {
		f.State = string(quarantine.Waiting)
		p.Filter = f
	}
	q, err := f.query(c.words)
	if err != nil {
		return err
	}
	if q.Limit = pageSize; p.Limited {
		q.Approver = c.account.Address
	}
	if err := c.allHolds(&p, q); err != nil {
		return err
	}
	if !p.Limited { // the organisation's figures are the admin's
		if p.Stats, err = c.s.o.Holds.Stats(c.ctx()); err != nil {
			return fmt.Errorf("count holds: %w", err)
		}
		if !p.Stats.Oldest.IsZero() {
			p.Oldest = c.words.span(c.words.now.Sub(p.Stats.Oldest))
		}
	}
	if p.Views, err = c.s.o.Views.Views(c.ctx(), c.account.ID); err != nil {
		return fmt.Errorf("list views: %w", err)
	}
	if p.Reviews, err = c.reviews(q.Approver); err != nil {
		return err
	}
	p.AllOf = c.s.o.Bulk != nil && MayAtAll(ActBulkAll, c.account.Roles) && len(p.Rows) > 0 && f.State == string(quarantine.Waiting) &&
		(f.Rule != "" || f.Sender != "") && f.Q == "" && f.Recipient == "" && f.Since == "" && f.Till == ""
	p.States, p.Rules = c.stateOptions(f.State), c.ruleOptions(f.Rule)
	for _, row := range p.Rows {
		p.Bulk = p.Bulk || row.Choose
	}
	return c.render("list", c.t("list.title"), p)
}

// reviews says how many mails wait for a look by this person, or by anybody.
func (c *call) reviews(approver email.Address) (string, error) {
	page, err := c.s.o.Holds.List(c.ctx(), quarantine.Query{Kind: quarantine.KindMail, Review: true, Approver: approver, Limit: manyWaiting})
	if err != nil || len(page.Holds) == 0 {
		if err != nil {
			err = fmt.Errorf("count reviews: %w", err)
		}
		return "", err
	}
	return c.t("review.waiting", "n", len(page.Holds)), nil
}

func (c *call) allHolds(p *listPage, q quarantine.Query) error {
	page, err := c.s.o.Holds.List(c.ctx(), q)
	if err != nil {
		return fmt.Errorf("list holds: %w", err)
	}
	for _, h := range page.Holds {
		p.Rows = append(p.Rows, c.listRow(h))
	}
	p.Next = page.Next
	return nil
}

func (c *call) listRow(h *quarantine.Hold) listRow {
	rel := c.relation(h)
	row := listRow{HoldView: c.holdView(h), Own: rel.Own, Age: c.words.span(c.words.now.Sub(h.Created))}
	row.Rules = c.ruleTitles(h)
	can := func(a Action) bool { return May(a, c.account.Roles, rel) }
	row.Choose = h.State() == quarantine.Waiting && (can(ActApprove) || can(ActReject))
	return row
}

// ruleTitles are the titles of the rules that acted.
func (c *call) ruleTitles(h *quarantine.Hold) []string {
	var out []string
	for _, f := range h.Verdict.Fired {
		if f.Monitor {
			continue
		}
		title := f.Title.In(c.words.lang)
		if title == "" {
			title = f.Name
		}
		out = append(out, title)
	}
	return out
}

func (c *call) stateOptions(chosen string) []option {
	out := []option{{Value: "all", Text: c.t("list.all-states"), Chosen: chosen == "all" || chosen == ""}}
	out = append(out, option{Value: stateReview, Text: c.t("review.state"), Chosen: chosen == stateReview})
	for _, s := range quarantine.States() {
		out = append(out, option{Value: string(s), Text: c.t("state." + string(s)), Chosen: chosen == string(s)})
	}
	return out
}

func (c *call) ruleOptions(chosen string) []option {
	out := []option{{Text: c.t("list.all-rules"), Chosen: chosen == ""}}
	known := false
	for _, r := range c.s.o.Rules.Set().Rules() {
		title := r.Title.In(c.words.lang)
		if title == "" {
			title = r.Name
		}
		known = known || r.Name == chosen
		out = append(out, option{Value: r.Name, Text: title, Chosen: r.Name == chosen})
	}
	if chosen != "" && !known {
		out = append(out, option{Value: chosen, Text: chosen, Chosen: true})
	}
	return out
}

// showMine lists the mails that the person sent and that were held.
func (c *call) showMine() error {
	f := readFilter(c.r.URL.Query())
	f.Sender = ""
	q, err := f.query(c.words)
	if err != nil {
		return err
	}
	q.Mine, q.Limit = c.account.Address, pageSize
	p := listPage{Filter: f, Query: f.encode(), Any: f.encode() != "", Mine: true}
	if err := c.allHolds(&p, q); err != nil {
		return err
	}
	for i := range p.Rows {
		p.Rows[i].Choose = false
	}
	p.States, p.Rules = c.stateOptions(f.State), c.ruleOptions(f.Rule)
	return c.render("mine", c.t("mine.title"), p)
}

// doSaveView keeps the search under a name.
func (c *call) doSaveView() error {
	name := strings.TrimSpace(c.r.PostFormValue("name"))
	if name == "" || len([]rune(name)) > 60 {
		return wrong("views.bad-name")
	}
	list, err := c.s.o.Views.Views(c.ctx(), c.account.ID)
	if err != nil {
		return fmt.Errorf("list views: %w", err)
	}
	if len(list) >= 50 {
		return wrong("views.too-many")
	}
	values, err := url.ParseQuery(c.r.PostFormValue("query"))
	if err != nil {
		return wrong("problem.bad-form")
	}
	now := c.s.o.Now()
	v := SavedView{ID: email.NewID(now), Account: c.account.ID, Name: name, Query: readFilter(values).encode(), Created: now}
	if err := c.s.o.Views.PutView(c.ctx(), v); err != nil {
		return fmt.Errorf("save view: %w", err)
	}
	return c.see("/holds?" + v.Query)
}

func (c *call) doDropView() error {
	id, err := email.ParseID(c.r.PostFormValue("view"))
	if err != nil {
		return errNoPage
	}
	if err := c.s.o.Views.DropView(c.ctx(), c.account.ID, id); err != nil {
		return fmt.Errorf("drop view: %w", err)
	}
	return c.see("/holds")
}
