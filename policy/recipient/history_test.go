package recipient

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
)

func clock(t time.Time) func() time.Time { return func() time.Time { return t } }

func openHistory(t *testing.T, dir string) *History {
	t.Helper()
	h, err := Open(dir, clock(monday.AddDate(1, 0, 0)))
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func learn(t *testing.T, h *History, day int, from string, to ...string) {
	t.Helper()
	m := Mail{Date: monday.AddDate(0, 0, day), From: email.MustAddress(from), To: addresses(to...),
		MessageID: fmt.Sprintf("<%d.%s>", day, from)}
	if err := h.Learn(m); err != nil {
		t.Fatal(err)
	}
}

func firstContact(t *testing.T, h *History, from, to string) bool {
	t.Helper()
	m := message(from, []string{to})
	run(t, FirstContact{organization(t, false), h}, m)
	return m.Recipients[0].FirstContact
}

func TestFirstContactIsSilentForTwoWeeks(t *testing.T) {
	h := NewHistory()
	for day := range 13 {
		learn(t, h, day, "a@example.co.jp", "x@p.example")
	}
	if firstContact(t, h, "a@example.co.jp", "new@p.example") {
		t.Error("an opinion after 13 days")
	}
	learn(t, h, 13, "a@example.co.jp", "x@p.example")
	if !firstContact(t, h, "a@example.co.jp", "new@p.example") {
		t.Error("no opinion after 14 days")
	}
	if firstContact(t, h, "a@example.co.jp", "X@P.example") {
		t.Error("a known contact is new")
	}
	if firstContact(t, h, "a@example.co.jp", "colleague@example.co.jp") {
		t.Error("a colleague is a first contact")
	}
	if h.DaysLearned() != 14 || h.Imported() {
		t.Errorf("%d days, imported %v", h.DaysLearned(), h.Imported())
	}
}

func TestImportEndsTheSilence(t *testing.T) {
	h := NewHistory()
	if err := h.LearnImported(Mail{Date: monday, From: email.MustAddress("a@example.co.jp"), To: addresses("x@p.example")}); err != nil {
		t.Fatal(err)
	}
	if !firstContact(t, h, "a@example.co.jp", "new@p.example") || !h.Imported() || h.DaysLearned() != 0 {
		t.Error("an import does not count")
	}
}

func TestAcquaintance(t *testing.T) {
	h := NewHistory()
	for i := range 25 {
		learn(t, h, i, "old@example.co.jp", "x@p.example")
	}
	if err := h.Learn(Mail{Date: monday, From: email.MustAddress("y@p.example"), To: addresses("old@example.co.jp"), Direction: Incoming}); err != nil {
		t.Fatal(err)
	}
	learn(t, h, 3, "other@example.co.jp", "z@p.example")
	for _, c := range []struct {
		from, to string
		want     bool
	}{
		{"old@example.co.jp", "x@p.example", true},
		{"OLD@example.co.jp", "X@p.example", true},
		{"old@example.co.jp", "y@p.example", true},  // heard from
		{"old@example.co.jp", "z@p.example", false}, // only a colleague knows him
		{"new@example.co.jp", "x@p.example", true},  // under 20 mails the company counts
		{"new@example.co.jp", "n@p.example", false},
	} {
		if got := h.Acquainted(email.MustAddress(c.from), email.MustAddress(c.to)); got != c.want {
			t.Errorf("%s and %s: %v", c.from, c.to, got)
		}
	}
}

func TestThread(t *testing.T) {
	h := NewHistory()
	if err := h.Learn(Mail{Date: monday, From: email.MustAddress("c@p.example"), To: addresses("a@example.co.jp"),
		Cc: addresses("d@p.example"), MessageID: "<1@p.example>", Direction: Incoming}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name         string
		env, visible []string
		replyTo      []string
		known, reply bool
	}{
		{"not a reply", []string{"c@p.example"}, []string{"c@p.example"}, nil, false, false},
		{"all from the thread", []string{"C@p.example", "d@p.example"}, []string{"c@p.example", "d@p.example"}, []string{"<1@p.example>"}, true, true},
		{"two guests", []string{"c@p.example", "e@q.example", "f@q.example"}, nil, []string{"<1@p.example>"}, true, true},
		{"three guests", []string{"c@p.example", "e@q.example", "f@q.example", "g@q.example"}, nil, []string{"<1@p.example>"}, false, true},
		{"one copy of a mail to many", []string{"c@p.example"}, []string{"c@p.example", "e@q.example", "f@q.example", "g@q.example"}, []string{"<1@p.example>"}, false, true},
		{"unknown thread", []string{"c@p.example"}, nil, []string{"<2@p.example>"}, false, true},
		{"one known id of several", []string{"c@p.example"}, nil, []string{"<2@p.example>", " <1@p.example> "}, true, true},
		{"empty ids", []string{"c@p.example"}, nil, []string{"", "<>"}, false, true},
	} {
		m := message("a@example.co.jp", c.env, c.visible...)
		m.Header.References = c.replyTo
		run(t, Thread{h}, m)
		if m.Thread.Known != c.known || m.Thread.Reply != c.reply {
			t.Errorf("%s: %+v", c.name, m.Thread)
		}
	}
	// Who joins later belongs to the thread's earlier mails too.
	if err := h.Learn(Mail{Date: monday, From: email.MustAddress("a@example.co.jp"), To: addresses("e@q.example", "f@q.example", "g@q.example"),
		MessageID: "<2@example.co.jp>", References: []string{"<1@p.example>"}}); err != nil {
		t.Fatal(err)
	}
	m := message("a@example.co.jp", []string{"c@p.example", "e@q.example", "f@q.example", "g@q.example"})
	m.Header.InReplyTo = []string{"<1@p.example>"}
	run(t, Thread{h}, m)
	if !m.Thread.Known {
		t.Error("those who joined later are strangers")
	}
	// After 90 days a thread is forgotten.
	learn(t, h, 91, "a@example.co.jp", "c@p.example")
	run(t, Thread{h}, m)
	if m.Thread.Known {
		t.Error("a thread of 91 days ago is known")
	}
}

func TestMisdirectedNeedsAReadyHistory(t *testing.T) {
	h := NewHistory()
	o := organization(t, false)
	for day := range 13 {
		learn(t, h, day, "a@example.co.jp", "x@p.example", "y@p.example")
	}
	ask := func() *struct{ usual, wrong float64 } {
		m := message("a@example.co.jp", []string{"y@p.example", "y@q.example"}, "x@p.example")
		m.Envelope.Received = monday.AddDate(0, 0, 14)
		run(t, Misdirected{o, h}, m)
		return &struct{ usual, wrong float64 }{m.Recipients[0].Risk, m.Recipients[1].Risk}
	}
	if r := ask(); r.usual != 0 || r.wrong != 0 {
		t.Errorf("an opinion after 13 days: %+v", *r)
	}
	for i := range 30 {
		learn(t, h, 13, "a@example.co.jp", "x@p.example", "y@p.example")
		learn(t, h, 13, fmt.Sprintf("b%d@example.co.jp", i%3), "y@q.example")
	}
	if r := ask(); r.wrong <= 2*r.usual || r.wrong == 0 || r.wrong > 1 {
		t.Errorf("a stranger of a known one's name: %+v", *r)
	}
	m := message("a@example.co.jp", []string{"y@q.example"})
	m.Recipients[0].Risk = 0.999
	run(t, Misdirected{o, h}, m)
	if m.Recipients[0].Risk != 0.999 {
		t.Error("a higher risk was overwritten")
	}
	m = message("a@example.co.jp", []string{"y@q.example"})
	m.Sender.Automatic = true
	run(t, Misdirected{o, h}, m)
	if m.Recipients[0].Risk != 0 {
		t.Error("automatic mail was judged")
	}
}

func TestHistorySurvivesARestart(t *testing.T) {
	dir := t.TempDir()
	h := openHistory(t, dir)
	fill(t, h, 40)
	want := describe(h)
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	if err := h.Close(); !errors.Is(err, ErrHistoryClosed) {
		t.Errorf("second close: %v", err)
	}
	if err := h.Learn(Mail{}); !errors.Is(err, ErrHistoryClosed) {
		t.Errorf("learn after close: %v", err)
	}
	for range 2 { // once from the snapshot of the log, once from one of a snapshot
		h = openHistory(t, dir)
		if got := describe(h); got != want {
			t.Errorf("after a restart\n%s\nbefore\n%s", got, want)
		}
		if err := h.Close(); err != nil {
			t.Fatal(err)
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "history-*"))
	if err != nil || len(files) != 1 {
		t.Errorf("files left: %v, %v", files, err)
	}
}

// fill learns n mails of mixed kinds.
func fill(t *testing.T, h *History, n int) {
	t.Helper()
	for i := range n {
		m := Mail{Date: monday.AddDate(0, 0, i%20), From: email.MustAddress(fmt.Sprintf("s%d@example.co.jp", i%3)),
			To: addresses(fmt.Sprintf("x%d@p%d.example", i%7, i%5), "山田@例え.example"), MessageID: fmt.Sprintf("<%d@example.co.jp>", i)}
		if i%4 == 0 {
			m.From, m.To, m.Direction = m.To[0], addresses("s1@example.co.jp"), Incoming
		}
		if i > 0 {
			m.References = []string{fmt.Sprintf("<%d@example.co.jp>", i-1)}
		}
		if err := h.Learn(m); err != nil {
			t.Fatal(err)
		}
	}
}

// describe writes everything a history holds, in a fixed order.
func describe(h *History) string {
	s := &h.state
	var b strings.Builder
	fmt.Fprintln(&b, s.imported, s.first, s.last, s.swept)
	for _, a := range s.addresses {
		fmt.Fprintf(&b, "%+v\n", a)
	}
	for _, d := range s.domains {
		fmt.Fprintf(&b, "%+v\n", d)
	}
	for i := range s.addresses {
		if me := s.senders[uint32(i)]; me != nil {
			fmt.Fprintln(&b, i, me.sent, me.contacts, me.domains) // fmt sorts maps
		}
	}
	fmt.Fprintln(&b, s.pairs, s.ownPairs, s.threads)
	return b.String()
}

// TestHistoryAfterAKill cuts the log of a process that never closed at many
// places: all whole records are there, and learning goes on.
func TestHistoryAfterAKill(t *testing.T) {
	dir := t.TempDir()
	h := openHistory(t, dir)
	var sizes []int64 // of the log after each mail
	var states []string
	log := filepath.Join(dir, fmt.Sprintf(logName, 1))
	states, sizes = append(states, describe(h)), append(sizes, 0)
	for i := range 4 {
		learn(t, h, i, "a@example.co.jp", fmt.Sprintf("x%d@p.example", i))
		info, err := os.Stat(log)
		if err != nil {
			t.Fatal(err)
		}
		sizes, states = append(sizes, info.Size()), append(states, describe(h))
	}
	whole, err := os.ReadFile(log) // what the kernel has when the process dies
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	for cut := 0; cut <= len(whole); cut += 7 {
		crashed := t.TempDir()
		if err := os.WriteFile(filepath.Join(crashed, fmt.Sprintf(logName, 1)), whole[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		records := 0
		for records+1 < len(sizes) && sizes[records+1] <= int64(cut) {
			records++
		}
		h := openHistory(t, crashed)
		if got := describe(h); got != states[records] {
			t.Fatalf("cut at %d of %d: got\n%s\nwant\n%s", cut, len(whole), got, states[records])
		}
		learn(t, h, 9, "a@example.co.jp", "later@p.example")
		want := describe(h)
		copied := copyFolder(t, crashed) // killed once more
		if err := h.Close(); err != nil {
			t.Fatal(err)
		}
		again := openHistory(t, copied)
		if got := describe(again); got != want {
			t.Fatalf("cut at %d: the second crash lost mail", cut)
		}
		if err := again.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func copyFolder(t *testing.T, dir string) string {
	t.Helper()
	to := t.TempDir()
	if err := os.CopyFS(filepath.Join(to, "copy"), os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(to, "copy")
}

// A crash between rename and removal leaves logs that the snapshot holds already.
func TestHistoryDoesNotCountTwice(t *testing.T) {
	dir := t.TempDir()
	h := openHistory(t, dir)
	fill(t, h, 10)
	want := describe(h)
	log, err := os.ReadFile(filepath.Join(dir, fmt.Sprintf(logName, 1)))
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf(logName, 1)), log, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "history-00000009.snapshot.tmp"), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	h = openHistory(t, dir)
	defer h.Close()
	if got := describe(h); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestDamagedSnapshotIsRefused(t *testing.T) {
	dir := t.TempDir()
	h := openHistory(t, dir)
	fill(t, h, 10)
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.snapshot"))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	good, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range [][]byte{nil, good[:3], good[:len(good)-1], append([]byte("X"), good[1:]...), append(append([]byte{}, good...), 0)} {
		if err := os.WriteFile(files[0], bad, 0o600); err != nil {
			t.Fatal(err)
		}
		if h, err := Open(dir, clock(monday)); !errors.Is(err, ErrHistoryDamaged) || h != nil {
			t.Errorf("%d octets: %v", len(bad), err)
		}
	}
}

func TestHistoryFolderBelongsToOne(t *testing.T) {
	dir := t.TempDir()
	h := openHistory(t, dir)
	if _, err := Open(dir, clock(monday)); !errors.Is(err, ErrHistoryInUse) {
		t.Errorf("second open: %v", err)
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	h = openHistory(t, dir)
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(filepath.Join(dir, "lock", "x"), clock(monday)); err == nil {
		t.Error("a folder below a file was opened")
	}
}

func TestViewLooksAtAHistoryInUse(t *testing.T) {
	dir := t.TempDir()
	h := openHistory(t, dir)
	defer h.Close()
	fill(t, h, 10)
	v, err := View(dir, clock(monday.AddDate(1, 0, 0)))
	if err != nil {
		t.Fatal(err)
	}
	if describe(v) != describe(h) {
		t.Error("the view differs")
	}
	before := describe(h)
	fill(t, v, 5)
	if again, err := View(dir, nil); err != nil || describe(again) != before {
		t.Errorf("a view wrote something: %v", err)
	}
	if empty, err := View(filepath.Join(dir, "none"), nil); err != nil || empty.DaysLearned() != 0 {
		t.Errorf("a missing folder: %v", err)
	}
	if err := v.Close(); err != nil {
		t.Error(err)
	}
}

func TestLargeLogsAreCompacted(t *testing.T) {
	dir := t.TempDir()
	h := openHistory(t, dir)
	var many []string
	for i := range 500 {
		many = append(many, fmt.Sprintf("%s%d@p.example", strings.Repeat("x", 200), i))
	}
	m := Mail{Date: monday, From: email.MustAddress("a@example.co.jp"), To: addresses(many...)}
	for range 1 + compactFrom/100_000 {
		if err := h.Learn(m); err != nil {
			t.Fatal(err)
		}
	}
	want, killed := describe(h), copyFolder(t, dir)
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	h = openHistory(t, killed)
	defer h.Close()
	snapshots, logs, err := h.store.list()
	if err != nil || len(snapshots) != 1 || len(logs) != 1 || describe(h) != want {
		t.Errorf("snapshots %v, logs %v, %v", snapshots, logs, err)
	}
}

// The largest mail that is taken fits a record; one that did not would end the
// replay of its log.
func TestLargestMailSurvivesAKill(t *testing.T) {
	var many []string
	for i := range lineCap + 10 {
		n := fmt.Sprint(i)
		many = append(many, strings.Repeat("l", 256-len(n))+n+"@"+strings.Repeat("d.", 123)+"example")
	}
	dir := t.TempDir()
	h := openHistory(t, dir)
	defer h.Close()
	learn(t, h, 0, "a@example.co.jp", many...)
	learn(t, h, 1, "a@example.co.jp", "after@p.example")
	v, err := View(dir, clock(monday.AddDate(1, 0, 0)))
	if err != nil || len(v.state.addresses) != lineCap+2 || describe(v) != describe(h) {
		t.Errorf("%d addresses, %v", len(v.state.addresses), err)
	}
}

func TestMailFromTheFutureIsNotBelieved(t *testing.T) {
	h, err := Open(t.TempDir(), clock(monday))
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	learn(t, h, 0, "a@example.co.jp", "x@p.example")
	learn(t, h, 4000, "a@example.co.jp", "x@p.example")
	if h.DaysLearned() != 1 {
		t.Errorf("%d days learned within one", h.DaysLearned())
	}
}

func TestHistoryIsSafeForConcurrentUse(t *testing.T) {
	h := openHistory(t, t.TempDir())
	o := organization(t, false)
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := range 50 {
				m := Mail{Date: monday.AddDate(0, 0, i), From: email.MustAddress(fmt.Sprintf("s%d@example.co.jp", g)),
					To: addresses(fmt.Sprintf("x%d@p%d.example", i, g), "y@p.example"), MessageID: fmt.Sprintf("<%d.%d@x>", g, i)}
				if err := h.Learn(m); err != nil {
					t.Error(err)
				}
				q := message("s1@example.co.jp", []string{"y@p.example", "new@exmaple.co.jp"})
				q.Header.InReplyTo = []string{"<1.1@x>"}
				run(t, FirstContact{o, h}, q)
				run(t, Lookalike{o, h}, q)
				run(t, Thread{h}, q)
				run(t, Misdirected{o, h}, q)
				if i%20 == 0 {
					if err := h.Sync(); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	wg.Wait()
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
}
