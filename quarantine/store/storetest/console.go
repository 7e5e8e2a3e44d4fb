package storetest

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

func accounts(t *testing.T, db Database) {
	s, clock := Open(t, db.Options), NewClock()
	now := clock.Now()
	a := &quarantine.Account{ID: email.NewID(now), Address: email.MustAddress("Taro.Suzuki@example.co.jp"), Name: "鈴木 太郎",
		Roles: []quarantine.Role{quarantine.RoleApprover}, Password: "$argon2id$MARKER", Secret: "TOTPMARKER", Step: 7, Language: "ja", Zone: "Asia/Tokyo", Created: now, Changed: now}
	if err := s.PutAccount(t.Context(), a); err != nil || a.Version != 1 {
		t.Fatalf("version %d, %v", a.Version, err)
	}
	for _, find := range []func() (*quarantine.Account, error){
		func() (*quarantine.Account, error) { return s.Account(t.Context(), a.ID) },
		func() (*quarantine.Account, error) {
			return s.AccountNamed(t.Context(), email.MustAddress("taro.suzuki@EXAMPLE.co.jp"))
		},
	} {
		if got, err := find(); err != nil || asJSON(t, got) != asJSON(t, a) || got.Version != 1 {
			t.Errorf("%s, %v", asJSON(t, got), err)
		}
	}
	for name, bad := range map[string]struct {
		a  quarantine.Account
		is error
	}{
		"the same address":   {quarantine.Account{ID: email.NewID(now), Address: email.MustAddress("TARO.suzuki@example.co.jp")}, quarantine.ErrTaken},
		"the same id as new": {quarantine.Account{ID: a.ID, Address: a.Address}, quarantine.ErrChanged},
		"an old version":     {quarantine.Account{ID: a.ID, Address: a.Address, Version: 9}, quarantine.ErrChanged},
		"nobody's version":   {quarantine.Account{ID: email.NewID(now), Address: email.MustAddress("x@example.co.jp"), Version: 1}, quarantine.ErrChanged},
	} {
		if err := s.PutAccount(t.Context(), &bad.a); !errors.Is(err, bad.is) {
			t.Errorf("%s: %v", name, err)
		}
	}
	var wg sync.WaitGroup
	var won sync.Map
	for i := range 8 { // one of those who saw the same version wins
		wg.Go(func() {
			mine := *a
			mine.Step = int64(100 + i)
			if s.PutAccount(t.Context(), &mine) == nil {
				won.Store(i, true)
			}
		})
	}
	wg.Wait()
	n := 0
	won.Range(func(any, any) bool { n++; return true })
	if n != 1 {
		t.Errorf("%d of 8 won", n)
	}
	if _, err := s.Account(t.Context(), email.NewID(now)); !errors.Is(err, quarantine.ErrNotFound) {
		t.Error(err)
	}
	if list, err := s.Accounts(t.Context()); err != nil || len(list) != 1 {
		t.Errorf("%d, %v", len(list), err)
	}
}

func sessions(t *testing.T, db Database) {
	s, clock := Open(t, db.Options), NewClock()
	now := clock.Now()
	account := email.NewID(now)
	put := func(id string, seen time.Duration) {
		t.Helper()
		one := quarantine.Session{ID: id, Account: account, Data: []byte("what " + id + " knows"), Created: now, Seen: now.Add(seen), Until: now.Add(seen + time.Hour)}
		if err := s.PutSession(t.Context(), one); err != nil {
			t.Fatal(err)
		}
	}
	put("one", 0)
	put("two", time.Minute)
	got, err := s.Session(t.Context(), "one")
	if err != nil || string(got.Data) != "what one knows" || got.Account != account || !got.Until.Equal(now.Add(time.Hour)) {
		t.Errorf("%+v, %v", got, err)
	}
	put("one", 2*time.Minute)
	list, err := s.SessionsOf(t.Context(), account)
	if err != nil || len(list) != 2 || list[0].ID != "one" {
		t.Errorf("%+v, %v", list, err)
	}
	put("three", 90*time.Minute) // those whose time is over go
	if list, err = s.SessionsOf(t.Context(), account); err != nil || len(list) != 1 || list[0].ID != "three" {
		t.Errorf("%+v, %v", list, err)
	}
	for range 2 {
		if err := s.DropSession(t.Context(), "three"); err != nil {
			t.Error(err)
		}
	}
	if _, err := s.Session(t.Context(), "three"); !errors.Is(err, quarantine.ErrNotFound) {
		t.Error(err)
	}
}

func viewsAndTokens(t *testing.T, db Database) {
	s, clock := Open(t, db.Options), NewClock()
	now := clock.Now()
	mine, other := email.NewID(now), email.NewID(now)
	v := quarantine.SavedView{ID: email.NewID(now), Account: mine, Name: "私の検索", Query: "state=waiting", Created: now}
	if err := s.PutView(t.Context(), v); err != nil {
		t.Fatal(err)
	}
	if err := s.DropView(t.Context(), other, v.ID); err != nil {
		t.Fatal(err)
	}
	if list, err := s.Views(t.Context(), mine); err != nil || len(list) != 1 || asJSON(t, list[0]) != asJSON(t, v) {
		t.Errorf("%+v, %v", list, err)
	}
	if list, err := s.Views(t.Context(), other); err != nil || len(list) != 0 {
		t.Errorf("%+v, %v", list, err)
	}
	if err := s.DropView(t.Context(), mine, v.ID); err != nil {
		t.Fatal(err)
	}
	token := quarantine.Token{ID: email.NewID(now), Account: mine, Hash: email.Digest{1, 2}, Name: "backup", Scopes: []string{"read"}, Created: now, Expires: now.Add(time.Hour)}
	if err := s.PutToken(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	token.Used = now.Add(time.Minute)
	if err := s.UseToken(t.Context(), token.ID, token.Used); err != nil {
		t.Fatal(err)
	}
	if got, err := s.TokenOf(t.Context(), token.Hash); err != nil || asJSON(t, got) != asJSON(t, token) {
		t.Errorf("%+v, %v", got, err)
	}
	if err := s.DropToken(t.Context(), other, token.ID); err != nil {
		t.Fatal(err)
	}
	if list, err := s.Tokens(t.Context(), mine); err != nil || len(list) != 1 {
		t.Errorf("%+v, %v", list, err)
	}
	if err := s.DropToken(t.Context(), mine, token.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := s.TokenOf(t.Context(), token.Hash); !errors.Is(err, quarantine.ErrNotFound) {
		t.Error(err)
	}
}

func answers(t *testing.T, db Database) {
	s, clock := Open(t, db.Options), NewClock()
	now := clock.Now()
	begin := func(id, print string, at time.Time) (string, error) {
		sealed, err := s.BeginAnswer(t.Context(), id, print, at)
		return string(sealed), err
	}
	if got, err := begin("one", "open a window", now); err != nil || got != "" {
		t.Fatalf("the first call: %q %v", got, err)
	}
	if _, err := begin("one", "open a window", now); !errors.Is(err, quarantine.ErrBusy) {
		t.Errorf("the same call at once: %v", err)
	}
	if _, err := begin("one", "drop a token", now); !errors.Is(err, quarantine.ErrKeyReused) {
		t.Errorf("another call: %v", err)
	}
	// A call that never ended is made again; one that failed at once.
	if got, err := begin("one", "open a window", now.Add(3*time.Minute)); err != nil || got != "" {
		t.Errorf("an abandoned call: %q %v", got, err)
	}
	if err := s.DropAnswer(t.Context(), "one"); err != nil {
		t.Fatal(err)
	}
	if got, err := begin("one", "open a window", now); err != nil || got != "" {
		t.Errorf("a failed call: %q %v", got, err)
	}
	if err := s.EndAnswer(t.Context(), "one", []byte("sealed")); err != nil {
		t.Fatal(err)
	}
	if err := s.DropAnswer(t.Context(), "one"); err != nil {
		t.Fatal(err)
	}
	if got, err := begin("one", "open a window", now.Add(time.Hour)); err != nil || got != "sealed" {
		t.Errorf("the call again: %q %v", got, err)
	}
	if _, err := begin("one", "drop a token", now); !errors.Is(err, quarantine.ErrKeyReused) {
		t.Errorf("another call after it: %v", err)
	}
	if err := s.Sweep(t.Context(), now.AddDate(0, 0, 31)); err != nil {
		t.Fatal(err)
	}
	if got, err := begin("one", "drop a token", now); err != nil || got != "" {
		t.Errorf("after a month: %q %v", got, err)
	}
}

func eventSearch(t *testing.T, db Database) {
	s, clock := Open(t, db.Options), NewClock()
	hold := put(t, s, clock, "a", "x@partner.example").ID
	for i := range 7 {
		e := quarantine.Event{Time: clock.Now(), Hold: hold, Verb: quarantine.VerbView, By: quarantine.Actor{Kind: quarantine.ActorApprover, Name: "Boss@example.co.jp"}}
		if i%2 == 1 {
			e.Verb, e.Hold, e.Reason = quarantine.VerbLogin, "", "no mail"
		}
		if err := s.WriteEvent(t.Context(), e); err != nil {
			t.Fatal(err)
		}
		clock.Add(time.Minute)
	}
	count := func(q quarantine.EventQuery) int {
		t.Helper()
		list, _, err := s.SearchEvents(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	start := NewClock().Now()
	for name, c := range map[string]struct {
		q    quarantine.EventQuery
		want int
	}{
		"verb":    {quarantine.EventQuery{Verb: quarantine.VerbView}, 4},
		"actor":   {quarantine.EventQuery{By: "boss@EXAMPLE.co.jp"}, 7},
		"both":    {quarantine.EventQuery{By: "boss@example.co.jp", Verb: quarantine.VerbLogin}, 3},
		"hold":    {quarantine.EventQuery{Hold: hold, Verb: quarantine.VerbView}, 4},
		"since":   {quarantine.EventQuery{Since: start.Add(5 * time.Minute), By: "boss@example.co.jp"}, 2},
		"till":    {quarantine.EventQuery{Till: start.Add(2 * time.Minute), By: "boss@example.co.jp"}, 2},
		"nothing": {quarantine.EventQuery{Verb: quarantine.VerbFetch}, 0},
	} {
		if got := count(c.q); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
	var seqs []int64
	q := quarantine.EventQuery{Limit: 3}
	for {
		list, next, err := s.SearchEvents(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range list {
			seqs = append(seqs, e.Seq)
		}
		if q.Cursor = next; next == "" {
			break
		}
	}
	if len(seqs) < 8 || !slices.IsSortedFunc(seqs, func(a, b int64) int { return int(b - a) }) {
		t.Errorf("pages give %v", seqs)
	}
	if _, _, err := s.SearchEvents(t.Context(), quarantine.EventQuery{Cursor: "'; DROP TABLE events"}); !errors.Is(err, quarantine.ErrNotFound) {
		t.Errorf("a bad cursor: %v", err)
	}
	if r, err := s.VerifyEvents(t.Context()); err != nil || r.Broken != nil {
		t.Errorf("%+v, %v", r, err)
	}
	list, err := s.Outlines(t.Context(), start.Add(-time.Hour), clock.Now())
	if err != nil || len(list) != 1 || list[0].ID != hold || !list[0].Decision.IsZero() || list[0].Sender.IsNull() {
		t.Errorf("%+v, %v", list, err)
	}
	if list, err := s.Outlines(t.Context(), clock.Now(), clock.Now().Add(time.Hour)); err != nil || len(list) != 0 {
		t.Errorf("%+v, %v", list, err)
	}
}
