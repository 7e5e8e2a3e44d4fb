package web

import (
	"encoding/csv"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

type auditFilter struct{ Hold, Verb, By, Since, Till, Cursor string }

func (f auditFilter) encode() string {
	v := url.Values{}
	for name, value := range map[string]string{"hold": f.Hold, "verb": f.Verb, "by": f.By, "since": f.Since, "till": f.Till} {
		if value != "" {
			v.Set(name, value)
		}
	}
	return v.Encode()
}

type auditPage struct {
	Filter auditFilter
	Query  string
	Verbs  []option
	Events []EventView
	Next   string
	Any    bool
	// Verified is what checking the chains found, nil when they were not checked.
	Verified *verified
}

type verified struct {
	Good    bool
	Text    string
	Details string
}

// eventVerbs are the verbs the filter offers.
func eventVerbs() []quarantine.Verb {
	return []quarantine.Verb{
		quarantine.VerbHold, quarantine.VerbJoin, quarantine.VerbApprove, quarantine.VerbReject, quarantine.VerbRelease, quarantine.VerbCancel,
		quarantine.VerbExpire, quarantine.VerbSupersede, quarantine.VerbSend, quarantine.VerbRetry, quarantine.VerbFail, quarantine.VerbLose,
		quarantine.VerbResend, quarantine.VerbSettle, quarantine.VerbGiveUp, quarantine.VerbClaim, quarantine.VerbBounce,
		quarantine.VerbView, quarantine.VerbUnmask, quarantine.VerbHeaders, quarantine.VerbFetch, quarantine.VerbExport, quarantine.VerbLogin, quarantine.VerbAccount, quarantine.VerbResume,
		quarantine.VerbSendFirst, quarantine.VerbReview, quarantine.VerbObject, quarantine.VerbPause, quarantine.VerbBulk,
		quarantine.VerbUndo, quarantine.VerbHandOver, quarantine.VerbUrgent, quarantine.VerbNote, quarantine.VerbNotice, quarantine.VerbAssign, quarantine.VerbAlert,
		quarantine.VerbBypass, quarantine.VerbBypassEnd,
	}
}

func (c *call) auditQuery() (auditFilter, quarantine.EventQuery, error) {
	v := c.r.URL.Query()
	get := func(name string) string { return clip(strings.TrimSpace(v.Get(name)), 320) }
	f := auditFilter{get("hold"), get("verb"), get("by"), get("since"), get("till"), get("cursor")}
	q := quarantine.EventQuery{Verb: quarantine.Verb(f.Verb), By: strings.ToLower(f.By), Cursor: f.Cursor, Limit: 100}
	if f.Hold != "" {
		id, err := email.ParseID(f.Hold)
		if err != nil {
			return f, q, wrong("audit.bad-id")
		}
		q.Hold = id
	}
	var err error
	day := func(s string) time.Time {
		if s == "" {
			return time.Time{}
		}
		t, perr := time.ParseInLocation("2006-01-02", s, c.words.zone)
		if perr != nil {
			err = wrong("list.bad-date")
		}
		return t
	}
	q.Since, q.Till = day(f.Since), day(f.Till)
	if !q.Till.IsZero() {
		q.Till = q.Till.AddDate(0, 0, 1)
	}
	return f, q, err
}

func (c *call) showAudit() error { return c.auditPage(nil) }

func (c *call) auditPage(result *verified) error {
	f, q, err := c.auditQuery()
	if err != nil {
		return err
	}
	list, next, err := c.s.o.Ledger.SearchEvents(c.ctx(), q)
	if err != nil {
		return fmt.Errorf("search events: %w", err)
	}
	p := auditPage{Filter: f, Query: f.encode(), Events: c.auditEvents(list), Next: next, Any: f.encode() != "", Verified: result}
	p.Verbs = []option{{Text: c.t("audit.all-verbs"), Chosen: f.Verb == ""}}
	for _, v := range eventVerbs() {
		p.Verbs = append(p.Verbs, option{Value: string(v), Text: c.t("event." + string(v)), Chosen: f.Verb == string(v)})
	}
	return c.render("audit", c.t("audit.title"), p)
}

// auditEvents are the events with dates to the second.
func (c *call) auditEvents(list []quarantine.Event) []EventView {
	out := c.words.events(list, c.s.o.Person)
	for i := range out {
		out[i].At = c.words.stamp(list[i].Time)
	}
	return out
}

// doVerify walks all event chains.
func (c *call) doVerify() error {
	r, err := c.s.o.Ledger.VerifyEvents(c.ctx())
	if err != nil {
		return fmt.Errorf("verify events: %w", err)
	}
	if r.Broken != nil {
		return c.auditPage(&verified{Text: c.t("audit.broken"), Details: r.Broken.Error()})
	}
	return c.auditPage(&verified{Good: true, Text: c.t("audit.whole", "n", c.words.number(int(r.Events)), "chains", r.Chains)})
}

// maxExport bounds one export, in events.
const maxExport = 1_000_000

// doExport sends the events of the filter as CSV or JSON lines, oldest last. It
// is a POST since it leaves a trace of its own.
func (c *call) doExport() error {
	_, q, err := c.auditQuery()
	if err != nil {
		return err
	}
	kind := c.r.PostFormValue("kind")
	if kind != "csv" && kind != "jsonl" {
		return wrong("problem.bad-form")
	}
	if err := c.note(quarantine.Event{Verb: quarantine.VerbExport, By: c.actor(ActAudit), Detail: kind}); err != nil {
		return err
	}
	q.Limit, q.Cursor = 1000, ""
	first, next, err := c.s.o.Ledger.SearchEvents(c.ctx(), q)
	if err != nil {
		return fmt.Errorf("search events: %w", err)
	}
	name := "sekisho-audit-" + c.s.o.Now().In(c.words.zone).Format("2006-01-02") + "." + kind
	c.w.Header().Set("Content-Type", map[string]string{"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"}[kind])
	c.w.Header().Set("Content-Disposition", disposition(name))
	out := csv.NewWriter(c.w)
	if kind == "csv" {
		_ = out.Write([]string{"time", "node", "segment", "seq", "verb", "actor_kind", "actor", "via", "hold", "reason", "detail", "changes", "hash"})
	}
	for list, seen := first, 0; ; {
		for _, e := range list {
			if kind == "csv" {
				_ = out.Write(csvEvent(e)) // the browser has gone away if not
			} else if err := writeEvent(c, e); err != nil {
				return nil //nolint:nilerr // half of it is sent, no page can follow
			}
		}
		if seen += len(list); next == "" || seen >= maxExport {
			break
		}
		q.Cursor = next
		if list, next, err = c.s.o.Ledger.SearchEvents(c.ctx(), q); err != nil {
			c.s.o.Log.Error("export cut short", "error", err)
			break
		}
	}
	out.Flush()
	return nil
}

func writeEvent(c *call, e quarantine.Event) error {
	b, err := e.Canonical()
	if err != nil {
		return fmt.Errorf("write event: %w", err)
	}
	if _, err := c.w.Write(append(b, '\n')); err != nil {
		return fmt.Errorf("write event: %w", err)
	}
	return nil
}

// csvEvent is one line. Cells that a spreadsheet would take for a formula get
// an apostrophe in front.
func csvEvent(e quarantine.Event) []string {
	var changes []string
	for _, ch := range e.Changes {
		changes = append(changes, fmt.Sprintf("%s %s>%s", ch.Delivery, ch.From, ch.To))
	}
	row := []string{e.Time.UTC().Format(time.RFC3339Nano), fmt.Sprint(e.Scope.Node), fmt.Sprint(e.Scope.Segment), fmt.Sprint(e.Seq), string(e.Verb),
		string(e.By.Kind), e.By.Name, e.By.Via, string(e.Hold), e.Reason, e.Detail, strings.Join(changes, "; "), e.Hash.String()}
	for i, s := range row {
		if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
			row[i] = "'" + s
		}
	}
	return row
}
