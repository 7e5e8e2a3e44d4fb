package storetest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
	"github.com/sekisho-mail/sekisho/quarantine/store"
)

func find(t *testing.T, db Database) {
	s := Open(t, db.Options)
	clock := NewClock()
	a := put(t, s, clock, "alpha 12", "x@partner.example")
	clock.Add(time.Hour)
	b := put(t, s, clock, "beta_100%", "Y@partner.example", "x@partner.example")
	due(t, s, clock, b.ID)
	if err := s.Change(t.Context(), quarantine.Edit{Hold: b.ID, Apply: func(h *quarantine.Hold) (quarantine.Outcome, error) {
		h.Desk.Review.Sent = clock.Now()
		h.Version++
		return quarantine.Outcome{}, nil
	}}); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		q    quarantine.Query
		want []email.ID
	}{
		"all, newest first": {quarantine.Query{}, []email.ID{b.ID, a.ID}},
		"waiting":           {quarantine.Query{State: quarantine.Waiting}, []email.ID{a.ID}},
		"to be reviewed":    {quarantine.Query{Review: true}, []email.ID{b.ID}},
		"due":               {quarantine.Query{State: quarantine.Due}, []email.ID{b.ID}},
		"sender":            {quarantine.Query{Sender: email.MustAddress("SATO@example.co.jp")}, []email.ID{b.ID, a.ID}},
		"other sender":      {quarantine.Query{Sender: email.MustAddress("ito@example.co.jp")}, nil},
		"recipient":         {quarantine.Query{Recipient: email.MustAddress("y@PARTNER.example")}, []email.ID{b.ID}},
		"message id":        {quarantine.Query{MessageID: a.Facts.Header.MessageID}, []email.ID{a.ID}},
		"other message id":  {quarantine.Query{MessageID: "<nobody>"}, nil},
		"id":                {quarantine.Query{ID: strings.ToUpper(string(a.ID))}, []email.ID{a.ID}},
		"beginning of id":   {quarantine.Query{ID: string(b.ID[:9])}, []email.ID{b.ID}},
		"wildcard as id":    {quarantine.Query{ID: "%"}, nil},
		"subject":           {quarantine.Query{Subject: "名簿"}, []email.ID{b.ID, a.ID}},
		"subject with case": {quarantine.Query{Subject: "ALPHA"}, []email.ID{a.ID}},
		"digits are masked": {quarantine.Query{Subject: "alpha 99"}, []email.ID{a.ID}},
		"wildcard":          {quarantine.Query{Subject: "a_pha"}, nil},
		"rule":              {quarantine.Query{Rule: "people-list"}, []email.ID{b.ID, a.ID}},
		"part of a rule":    {quarantine.Query{Rule: "people"}, nil},
		"since":             {quarantine.Query{Since: clock.Now()}, []email.ID{b.ID}},
		"till":              {quarantine.Query{Till: clock.Now()}, []email.ID{a.ID}},
		"kind":              {quarantine.Query{Kind: quarantine.KindBounce}, nil},
		"two at once":       {quarantine.Query{State: quarantine.Due, Recipient: email.MustAddress("x@partner.example")}, []email.ID{b.ID}},
		"sql":               {quarantine.Query{Subject: "' OR 1=1 --", Rule: "'"}, nil},
	} {
		page, err := s.Find(t.Context(), c.q)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var got []email.ID
		for _, h := range page.Holds {
			got = append(got, h.ID)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func pages(t *testing.T, db Database) {
	s := Open(t, db.Options)
	clock := NewClock()
	const n = 11
	for i := range n {
		put(t, s, clock, fmt.Sprint(i), "x@partner.example")
	}
	seen := map[email.ID]bool{}
	q := quarantine.Query{Limit: 4}
	for i := 0; ; i++ {
		page, err := s.Find(t.Context(), q)
		if err != nil || i > n {
			t.Fatal(err)
		}
		for _, h := range page.Holds {
			if seen[h.ID] {
				t.Errorf("%s comes twice", h.ID)
			}
			seen[h.ID] = true
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			break
		}
	}
	if len(seen) != n {
		t.Errorf("%d of %d", len(seen), n)
	}
}

func stats(t *testing.T, db Database) {
	s := Open(t, db.Options)
	clock := NewClock()
	if st, err := s.Stats(t.Context()); err != nil || st.Holds != 0 || !st.Oldest.IsZero() || st.Open[quarantine.Waiting] != 0 {
		t.Errorf("empty: %+v, %v", st, err)
	}
	first := put(t, s, clock, "a", "x@partner.example", "y@partner.example")
	clock.Add(time.Hour)
	b := put(t, s, clock, "b", "x@partner.example")
	put(t, s, clock, "c", "x@partner.example")
	due(t, s, clock, b.ID)
	st, err := s.Stats(t.Context())
	if err != nil || st.Holds != 2 || !st.Oldest.Equal(first.Created) || st.Open[quarantine.Waiting] != 3 || st.Open[quarantine.Due] != 1 {
		t.Errorf("%+v, %v", st, err)
	}
}

// line is a record as the journal hands it over.
func line(t *testing.T, seq int, r policy.Record) quarantine.Line {
	t.Helper()
	return quarantine.Line{Seq: int64(seq), Hash: email.Digest{byte(seq - 1)}, Entry: r.Entry(), Text: []byte(asJSON(t, r))}
}

func records(t *testing.T, db Database) {
	s := Open(t, db.Options)
	now := NewClock().Now()
	m := NewMail(now, "secret 4711", "x@partner.example")
	facts := m.Message.Vector()
	rec := func(i int, stage string) policy.Record {
		return policy.Record{ID: email.ID(fmt.Sprintf("mail%d", i)), Time: now.Add(time.Duration(i) * time.Second), Stage: stage, Direction: "out",
			Hold: email.ID(strings.Repeat("h", i%2)), Facts: facts, Verdict: &m.Verdict}
	}
	var lines []quarantine.Line
	for i := 1; i <= 500; i++ {
		r := rec(i, []string{"held", "result"}[i%2])
		if i == 10 {
			r.Facts, r.Verdict = nil, nil
		}
		lines = append(lines, line(t, i, r))
	}
	if n, err := s.LastRecord(t.Context()); err != nil || n != 0 {
		t.Errorf("LastRecord = %d, %v", n, err)
	}
	for _, part := range [][]quarantine.Line{lines[:300], lines[200:], lines} { // drains that were cut short
		if err := s.InsertRecords(t.Context(), part); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := s.LastRecord(t.Context()); err != nil || n != 500 {
		t.Errorf("LastRecord = %d, %v", n, err)
	}
	got, _, err := s.Records(t.Context(), quarantine.RecordQuery{Mail: "mail7"})
	if err != nil || len(got) != 1 || asJSON(t, got[0]) != string(lines[6].Text) {
		t.Errorf("one mail: %d, %v", len(got), err)
	}
	for name, c := range map[string]struct {
		q    quarantine.RecordQuery
		want int
	}{
		"all":    {quarantine.RecordQuery{}, 500},
		"stage":  {quarantine.RecordQuery{Stage: "held"}, 250},
		"hold":   {quarantine.RecordQuery{Hold: "h"}, 250},
		"sender": {quarantine.RecordQuery{Sender: email.MustAddress("Sato@example.co.jp")}, 499},
		"time":   {quarantine.RecordQuery{Since: now.Add(10 * time.Second), Till: now.Add(20 * time.Second)}, 10},
	} {
		n := 0
		for c.q.Limit = 70; ; {
			got, next, err := s.Records(t.Context(), c.q)
			if err != nil {
				t.Fatal(err)
			}
			n += len(got)
			if c.q.Cursor = next; next == "" {
				break
			}
		}
		if n != c.want {
			t.Errorf("%s: %d, want %d", name, n, c.want)
		}
	}
	if _, _, err := s.Records(t.Context(), quarantine.RecordQuery{Cursor: "1.x.3.4"}); err == nil {
		t.Error("a broken cursor was taken")
	}
	counts, err := s.CountRecords(t.Context(), quarantine.RecordQuery{Since: now})
	total := int64(0)
	for _, c := range counts {
		total += c.Count
	}
	if err != nil || total != 500 {
		t.Errorf("%+v, %v", counts, err)
	}
}

// walkRecords is all records of a query as JSON, page by page.
func walkRecords(t *testing.T, s *store.Store, q quarantine.RecordQuery) (out []string) {
	t.Helper()
	for {
		got, next, err := s.Records(t.Context(), q)
		if err != nil || len(got) > q.Limit {
			t.Fatalf("%d records for at most %d: %v", len(got), q.Limit, err)
		}
		for _, r := range got {
			out = append(out, asJSON(t, r))
		}
		if q.Cursor = next; next == "" {
			return out
		}
	}
}

// passed is mails that passed: the line before the dot and the one with the result
// share a row, unless a batch ends between them.
func passed(t *testing.T, db Database) {
	s := Open(t, db.Options)
	now := NewClock().Now()
	m := NewMail(now, "secret 4711", "x@partner.example")
	facts := m.Message.Vector()
	var lines []quarantine.Line
	var want []string // newest first
	for i := range 20 {
		id, at := email.ID(fmt.Sprintf("mail%d", i)), now.Add(time.Duration(i)*time.Second)
		pair := []policy.Record{
			{ID: id, Time: at, Stage: "intent", Direction: "out", Facts: facts, Verdict: &m.Verdict},
			{ID: id, Time: at.Add(time.Millisecond), Stage: "result", Direction: "out", Reply: "250 2.0.0", Accepted: true},
		}
		for _, r := range pair {
			lines = append(lines, line(t, len(lines)+1, r))
			want = append([]string{asJSON(t, r)}, want...)
		}
	}
	// A batch ends between the lines of mail 7, and a drain was cut short.
	for _, part := range [][]quarantine.Line{lines[:15], lines[10:31], lines[12:], lines} {
		if err := s.InsertRecords(t.Context(), part); err != nil {
			t.Fatal(err)
		}
	}
	half := func(from int) (out []string) { // every other one
		for i := from; i < len(want); i += 2 {
			out = append(out, want[i])
		}
		return out
	}
	sender := facts.Envelope.Sender
	for name, c := range map[string]struct {
		q    quarantine.RecordQuery
		want []string
	}{
		"all":               {quarantine.RecordQuery{}, want},
		"intents":           {quarantine.RecordQuery{Stage: "intent"}, half(1)},
		"results":           {quarantine.RecordQuery{Stage: "result"}, half(0)},
		"of the sender":     {quarantine.RecordQuery{Sender: sender}, half(1)},
		"his intents":       {quarantine.RecordQuery{Sender: sender, Stage: "intent"}, half(1)},
		"his results":       {quarantine.RecordQuery{Sender: sender, Stage: "result"}, nil},
		"one mail":          {quarantine.RecordQuery{Mail: "mail19"}, want[:2]},
		"mail of two rows":  {quarantine.RecordQuery{Mail: "mail7"}, want[24:26]},
		"of the first five": {quarantine.RecordQuery{Till: now.Add(5 * time.Second)}, want[30:]},
	} {
		for limit := 1; limit <= 4; limit++ {
			c.q.Limit = limit
			if got := walkRecords(t, s, c.q); !slices.Equal(got, c.want) {
				t.Errorf("%s, %d at once: %d records, want %d:\n%s", name, limit, len(got), len(c.want), strings.Join(got, "\n"))
			}
		}
	}
	for _, c := range []struct {
		sender email.Address
		want   string
	}{{email.Address{}, "[{intent hold 20} {result  20}]"}, {sender, "[{intent hold 20}]"}} {
		if got, err := s.CountRecords(t.Context(), quarantine.RecordQuery{Sender: c.sender}); err != nil || fmt.Sprint(got) != c.want {
			t.Errorf("counted %v, %v, want %s", got, err, c.want)
		}
	}
}

func small(t *testing.T, db Database) {
	s := Open(t, db.Options)
	ctx, now := t.Context(), NewClock().Now()
	set := quarantine.RuleSet{Digest: email.Digest{1}, At: now, Source: []byte("rules: []\x00\xff")}
	for range 2 {
		if err := s.SaveRuleSet(ctx, set); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := s.RuleSet(ctx, set.Digest); err != nil || string(got.Source) != string(set.Source) || !got.At.Equal(now) {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := s.RuleSet(ctx, email.Digest{2}); !errors.Is(err, quarantine.ErrNotFound) {
		t.Errorf("unknown rule set: %v", err)
	}
	for _, v := range []string{"a", "b"} {
		if err := s.SetSetting(ctx, "x", v, now); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Setting(ctx, "x"); err != nil || got != v {
			t.Errorf("%q, %v", got, err)
		}
	}
	if _, err := s.Setting(ctx, "y"); !errors.Is(err, quarantine.ErrNotFound) {
		t.Errorf("unknown setting: %v", err)
	}
	by := quarantine.Actor{Kind: quarantine.ActorAdmin, Name: "root", Via: "cli"}
	b := quarantine.Bypass{ID: email.NewID(now), From: now, Until: now.Add(30 * time.Minute), Reason: "月末", By: by}
	if err := s.OpenBypass(ctx, b); err != nil {
		t.Fatal(err)
	}
	if got, err := s.CurrentBypass(ctx, now.Add(time.Minute)); err != nil || asJSON(t, got) != asJSON(t, b) {
		t.Errorf("%+v, %v", got, err)
	}
	for _, at := range []time.Time{now.Add(-time.Second), b.Until} {
		if _, err := s.CurrentBypass(ctx, at); !errors.Is(err, quarantine.ErrNotFound) {
			t.Errorf("bypass at %v: %v", at, err)
		}
	}
	if err := s.EndBypass(ctx, b.ID, by, now.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if err := s.EndBypass(ctx, b.ID, by, now.Add(2*time.Minute)); !errors.Is(err, quarantine.ErrNotFound) {
		t.Errorf("ended twice: %v", err)
	}
	if _, err := s.CurrentBypass(ctx, now.Add(time.Minute)); !errors.Is(err, quarantine.ErrNotFound) {
		t.Errorf("it is still open: %v", err)
	}
	if e, err := s.Events(ctx, ""); err != nil || len(e) != 2 || e[0].Verb != quarantine.VerbBypass || e[0].Reason != "月末" || e[1].Verb != quarantine.VerbBypassEnd {
		t.Errorf("events %+v, %v", e, err)
	}
}

func twoNodes(t *testing.T, db Database) {
	clock := NewClock()
	other := db.Options
	other.Scope = quarantine.Scope{Organization: 1, Node: 2, Segment: 1}
	a, b := Open(t, db.Options), Open(t, other)
	h := put(t, a, clock, "a", "x@partner.example")
	clock.Add(time.Second)
	due(t, b, clock, h.ID)
	clock.Add(time.Second)
	k := Keeper(t, a, &Blobs{}, clock)
	if _, err := k.Cancel(t.Context(), quarantine.Order{Hold: h.ID, By: quarantine.Actor{Kind: quarantine.ActorAdmin, Name: "t"}}); err != nil {
		t.Fatal(err)
	}
	r, err := a.VerifyEvents(t.Context())
	if err != nil || r.Chains != 2 || r.Events != 3 || r.Broken != nil {
		t.Errorf("%+v, %v", r, err)
	}
	events, err := b.Events(t.Context(), h.ID)
	if err != nil || len(events) != 3 || events[1].Scope.Node != 2 || events[2].Seq != 2 {
		t.Errorf("%+v, %v", events, err)
	}
	foreign := db.Options
	foreign.Scope = quarantine.Scope{Organization: 2, Node: 1, Segment: 1}
	o := Open(t, foreign)
	if _, err := o.Load(t.Context(), h.ID); !errors.Is(err, quarantine.ErrNotFound) {
		t.Errorf("another organisation reads it: %v", err)
	}
	if p, err := o.Find(t.Context(), quarantine.Query{}); err != nil || len(p.Holds) != 0 {
		t.Errorf("another organisation lists it: %v, %v", p, err)
	}
}

func tampering(t *testing.T, db Database) {
	s := Open(t, db.Options)
	clock := NewClock()
	for i := range 10 {
		put(t, s, clock, fmt.Sprint(i), "x@partner.example")
	}
	for name, c := range map[string]struct {
		do  []string
		seq int64
	}{
		"flip":     {[]string{"UPDATE events SET canonical = (SELECT canonical FROM spare WHERE seq = 5) WHERE seq = 4"}, 4},
		"delete":   {[]string{"DELETE FROM events WHERE seq = 3"}, 3},
		"truncate": {[]string{"DELETE FROM events WHERE seq > 7"}, 8},
		"reorder": {[]string{"UPDATE events SET seq = 100 WHERE seq = 2", "UPDATE events SET seq = 2 WHERE seq = 6",
			"UPDATE events SET seq = 6 WHERE seq = 100"}, 2},
		"other hold":         {[]string{"UPDATE events SET hold = 'x' WHERE seq = 9"}, 9},
		"truncate with head": {[]string{"DELETE FROM events WHERE seq > 7", "UPDATE event_heads SET seq = 7, hash = (SELECT hash FROM events WHERE seq = 7)"}, 7},
		"no head":            {[]string{"DELETE FROM event_heads"}, 10},
	} {
		t.Run(name, func(t *testing.T) {
			db.exec(t, "CREATE TABLE spare AS SELECT * FROM events")
			db.exec(t, "CREATE TABLE spare_heads AS SELECT * FROM event_heads")
			for _, q := range c.do {
				db.exec(t, q)
			}
			r, err := s.VerifyEvents(t.Context())
			if err != nil || r.Broken == nil || r.Broken.Seq != c.seq {
				t.Errorf("%+v, %v, want event %d", r.Broken, err, c.seq)
			}
			for _, q := range []string{"DELETE FROM events", "INSERT INTO events SELECT * FROM spare", "DROP TABLE spare",
				"DELETE FROM event_heads", "INSERT INTO event_heads SELECT * FROM spare_heads", "DROP TABLE spare_heads"} {
				db.exec(t, q)
			}
		})
	}
	if r, err := s.VerifyEvents(t.Context()); err != nil || r.Broken != nil || r.Events != 10 {
		t.Errorf("at the end: %+v, %v", r, err)
	}
}

func sweep(t *testing.T, db Database) {
	s := Open(t, db.Options)
	clock := NewClock()
	k := Keeper(t, s, &Blobs{}, clock)
	order := quarantine.Order{Hold: put(t, s, clock, "a", "x@partner.example").ID, Key: "k", By: quarantine.Actor{Kind: quarantine.ActorAdmin, Name: "t"}}
	if _, err := k.Approve(t.Context(), order); err != nil {
		t.Fatal(err)
	}
	count := func(table string) (n int) {
		t.Helper()
		if err := db.Raw.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM "+table).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	for _, c := range []struct {
		after         time.Duration
		joins, orders int
	}{{0, 1, 1}, {5 * 24 * time.Hour, 0, 1}, {25 * 24 * time.Hour, 0, 0}} {
		clock.Add(c.after)
		if err := s.Sweep(t.Context(), clock.Now()); err != nil {
			t.Fatal(err)
		}
		if j, o := count("joins"), count("orders"); j != c.joins || o != c.orders {
			t.Errorf("after %v: %d join keys, %d orders", c.after, j, o)
		}
	}
	if n := count("holds"); n != 1 {
		t.Errorf("%d holds", n)
	}
}
