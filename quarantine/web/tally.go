package web

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// tally is what the journal's records say, counted once for several readers.
type tally struct {
	at time.Time
	// Passed and Held count mails, by the day on which they came in.
	days map[string]*dayCount
	// unread counts parts of passed mails by what they are and why they were
	// not read.
	unread map[unreadKey]*unreadCount
	mails  int // passed today
	with   int // of those with something unread
	// monitored counts by rule how often it would have acted.
	monitored map[string]int
	// exempt counts passed mails that are not asked about their recipients.
	exempt map[string]int
	// cut tells that there were more records than are looked at.
	cut bool
}

type dayCount struct{ passed, held, rejected int }

type unreadKey struct{ kind, why string }

type unreadCount struct{ parts, mails int }

// tallies keeps the last counts, one for each zone people read in.
type tallies struct {
	mu   sync.Mutex
	byID map[string]*tally
}

const (
	tallyAge    = time.Minute
	tallyDays   = 7
	maxRecords  = 50_000
	recordsPage = 5000
)

// tally counts the records of the last days; it is at most a minute old.
func (s *Server) tally(ctx context.Context, zone *time.Location) (*tally, error) {
	now := s.o.Now()
	s.tallies.mu.Lock()
	defer s.tallies.mu.Unlock() // who comes meanwhile waits and takes the same
	if t := s.tallies.byID[zone.String()]; t != nil && now.Sub(t.at) < tallyAge && !now.Before(t.at) {
		return t, nil
	}
	t := &tally{at: now, days: map[string]*dayCount{}, unread: map[unreadKey]*unreadCount{}, monitored: map[string]int{}, exempt: map[string]int{}}
	today := startOfDay(now, zone)
	q := quarantine.RecordQuery{Since: today.AddDate(0, 0, 1-tallyDays), Limit: recordsPage}
	for seen := 0; ; {
		list, next, err := s.o.Records.Records(ctx, q)
		if err != nil {
			return nil, fmt.Errorf("list records: %w", err)
		}
		for i := range list {
			t.add(&list[i], today, zone)
		}
		if seen += len(list); next == "" {
			break
		}
		if seen >= maxRecords {
			t.cut = true
			break
		}
		q.Cursor = next
	}
	if s.tallies.byID == nil {
		s.tallies.byID = map[string]*tally{}
	}
	s.tallies.byID[zone.String()] = t
	return t, nil
}

func startOfDay(t time.Time, zone *time.Location) time.Time {
	y, m, d := t.In(zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, zone)
}

func (t *tally) add(r *policy.Record, today time.Time, zone *time.Location) {
	if r.Direction == "in" || r.Verdict == nil {
		return
	}
	day := r.Time.In(zone).Format("2006-01-02")
	c := t.days[day]
	if c == nil {
		c = &dayCount{}
		t.days[day] = c
	}
	switch r.Stage {
	case "intent":
		c.passed++
	case "held":
		c.held++
	case "rejected":
		c.rejected++
	default:
		return
	}
	for _, f := range r.Verdict.Fired {
		if f.Monitor || r.Verdict.Monitored {
			t.monitored[f.Name]++
		}
	}
	if r.Stage == "intent" && r.Facts != nil && !r.Time.Before(today) {
		t.passed(r.Facts)
	}
}

func (t *tally) passed(m *policy.Message) {
	t.mails++
	seen := map[unreadKey]bool{}
	for _, p := range m.Parts {
		why := string(p.Problem)
		if p.Encrypted != policy.NotEncrypted {
			why = "encrypted"
		}
		if why == "" || p.View != "" {
			continue
		}
		k := unreadKey{p.Type, why}
		if t.unread[k] == nil {
			t.unread[k] = &unreadCount{}
		}
		t.unread[k].parts++
		if !seen[k] {
			seen[k] = true
			t.unread[k].mails++
		}
	}
	if len(seen) > 0 {
		t.with++
	}
	switch {
	case m.Envelope.Sender.IsNull():
		t.exempt["null"]++
	case m.Header.Automatic:
		t.exempt["automatic"]++
	case m.Header.Calendar:
		t.exempt["calendar"]++
	}
}

type unreadRow struct {
	Type, Why    string
	Parts, Mails int
}

type unreadPage struct {
	Rows        []unreadRow
	Mails, With int
	Exempt      []countRow
	At          Moment
	Cut         bool
}

type countRow struct {
	Name  string
	Count int
}

// showUnread tells what passed today without having been read, by type.
func (c *call) showUnread() error {
	t, err := c.s.tally(c.ctx(), c.words.zone)
	if err != nil {
		return err
	}
	p := unreadPage{Mails: t.mails, With: t.with, At: c.words.when(t.at), Cut: t.cut}
	for k, n := range t.unread {
		why := c.words.or("part-problem."+k.why, k.why)
		if k.why == "encrypted" {
			why = c.t("encrypted.yes")
		}
		p.Rows = append(p.Rows, unreadRow{Type: k.kind, Why: why, Parts: n.parts, Mails: n.mails})
	}
	slices.SortFunc(p.Rows, func(a, b unreadRow) int {
		if a.Mails != b.Mails {
			return b.Mails - a.Mails
		}
		if a.Type != b.Type {
			return strings.Compare(a.Type, b.Type)
		}
		return strings.Compare(a.Why, b.Why)
	})
	for _, name := range []string{"null", "automatic", "calendar"} {
		if n := t.exempt[name]; n > 0 {
			p.Exempt = append(p.Exempt, countRow{c.t("exempt." + name), n})
		}
	}
	return c.render("unread", c.t("unread.title"), p)
}
