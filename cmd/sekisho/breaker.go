package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/policy/email/sealed"
	"github.com/sekisho-mail/sekisho/proxy"
	"github.com/sekisho-mail/sekisho/quarantine"
	"github.com/sekisho-mail/sekisho/quarantine/disk"
	"github.com/sekisho-mail/sekisho/quarantine/web"
)

const (
	// breakerEvery is how often the breaker's counts are written down, when they
	// have changed; what a crash loses of them comes from the journal.
	breakerEvery = 10 * time.Second
	// breakerBack is how far back the journal is counted at most.
	breakerBack = 24 * time.Hour
	// breakerPlace is what the counts are sealed for.
	breakerPlace = "breaker"
)

func (p place) breaker() string { return filepath.Join(string(p), "breaker.sealed") }

// restoreBreaker takes the counts of the last run over: those that were written
// down, and what the journal has since. Counts that cannot be read begin anew with
// the last hour of the journal, and the log says so.
func (g *guard) restoreBreaker(ctx context.Context) {
	from := time.Now().Add(-time.Hour)
	if at, err := g.savedBreaker(); err == nil {
		from = at
	} else if !errors.Is(err, os.ErrNotExist) {
		g.log.Error("the breaker's counts cannot be read, those of the last hour are counted anew", "error", err)
	}
	if oldest := time.Now().Add(-breakerBack); from.Before(oldest) {
		from = oldest
	}
	if err := g.replayBreaker(ctx, from); err != nil {
		g.log.Error("the breaker could not count the journal", "error", err)
	}
}

func (g *guard) savedBreaker() (time.Time, error) {
	b, err := os.ReadFile(placeOf(g.cfg).breaker())
	if err != nil {
		return time.Time{}, fmt.Errorf("read breaker: %w", err)
	}
	saved, err := sealed.Unwrap(g.key, b, breakerPlace)
	if err != nil {
		return time.Time{}, fmt.Errorf("open breaker: %w", err)
	}
	return g.proxy.LoadBreaker(saved)
}

// replayBreaker counts the journal's lines since a time, oldest first, each mail
// once.
func (g *guard) replayBreaker(ctx context.Context, since time.Time) error {
	if err := g.drainOnce(ctx); err != nil {
		return err
	}
	var lines []policy.Record
	q := quarantine.RecordQuery{Since: since, Limit: 5000}
	for {
		page, next, err := g.store.Records(ctx, q)
		if err != nil {
			return fmt.Errorf("read journal: %w", err)
		}
		for _, r := range page {
			if r.Facts != nil && r.Time.After(since) && r.Stage != "result" {
				lines = append(lines, r)
			}
		}
		if q.Cursor = next; next == "" {
			break
		}
	}
	slices.SortStableFunc(lines, func(a, b policy.Record) int { return a.Time.Compare(b.Time) })
	seen := map[email.ID]bool{}
	for _, r := range lines {
		if !seen[r.ID] {
			seen[r.ID] = true
			g.proxy.ReplayBreaker(r)
		}
	}
	return nil
}

// keepBreaker writes the counts down now and then and once more at the end, and
// tells of accounts that go past a limit.
func (g *guard) keepBreaker(ctx context.Context) error {
	if g.cfg.Breaker.Mode == string(proxy.BreakerOff) && g.cfg.Limits.HeldPerAccount == 0 {
		return nil
	}
	save, tell := time.NewTicker(breakerEvery), time.NewTicker(time.Second)
	defer save.Stop()
	defer tell.Stop()
	var last []byte
	for {
		select {
		case <-ctx.Done():
			_ = g.saveBreaker(&last)
			return nil
		case <-tell.C:
			if g.tellTrips(ctx) {
				_ = g.saveBreaker(&last)
			}
		case <-save.C:
			_ = g.saveBreaker(&last)
		}
	}
}

// saveBreaker writes the counts if they are others than last; a failure is logged.
func (g *guard) saveBreaker(last *[]byte) error {
	b, err := g.proxy.SaveBreaker()
	if err == nil {
		counts := b[max(0, bytes.IndexByte(b, ',')):] // without the time
		if bytes.Equal(counts, *last) {
			return nil
		}
		if err = (disk.OS{}).Replace(placeOf(g.cfg).breaker(), sealed.Wrap(g.key, b, breakerPlace)); err == nil {
			*last = bytes.Clone(counts)
		}
	}
	if err != nil {
		g.log.Warn("the breaker's counts could not be written down", "error", err)
	}
	return err
}

// limitWords are the breaker's limits in words.
var limitWords = map[string]policy.Text{
	"recipients":     {JA: "宛先の数", EN: "recipients"},
	"new_recipients": {JA: "初めての宛先の数", EN: "new recipients"},
	"same_content":   {JA: "同じ内容のメールの数", EN: "mails of one content"},
}

// tellTrips tells the administrators, and the account's owner, once of each
// account that went past a limit. It reports whether there was one.
func (g *guard) tellTrips(ctx context.Context) bool {
	told := false
	for _, t := range g.proxy.Tripped() {
		if t.Told {
			continue
		}
		told = true
		g.alert(ctx, "breaker "+t.Account+" "+t.Since.Format(time.RFC3339Nano), tripSubject(t), g.tripText(t))
		if owner, err := email.ParseAddress(t.Account); err == nil && !t.Address && t.Enforced {
			g.tellOwner(ctx, owner, policy.Text{JA: "【送信停止】あなたのアカウントからの送信を止めています", EN: "[Sending stopped] Mail from your account is being held"}, policy.Text{
				JA: "あなたのアカウントから、普段よりはるかに多いメールが送られたため、乗っ取りの疑いとして送信を止めています(保留中)。心当たりがない場合は、すぐにパスワードを変更し、管理者に連絡してください。心当たりがある場合も、管理者に連絡すれば送信を再開できます。",
				EN: "Far more mail than usual was sent from your account. It may have been taken over, so its mail is held. If it was not you, change your password at once and tell your administrator. If it was you, your administrator can let it go."})
		}
		g.proxy.TellTripped(t)
	}
	return told
}

func tripSubject(t proxy.Tripped) policy.Text {
	if t.Enforced {
		return policy.Text{JA: "アカウントの乗っ取りの疑い・送信を止めました", EN: "An account may have been taken over; its mail is parked"}
	}
	return policy.Text{JA: "アカウントの乗っ取りの疑い", EN: "An account may have been taken over"}
}

func (g *guard) tripText(t proxy.Tripped) policy.Text {
	what := limitWords[t.Limit]
	ja := fmt.Sprintf("%s の%sが1時間に%dとなり、上限%dを超えました(%s)。", t.Account, what.JA, t.Count, t.Allowed, g.local(t.Since))
	en := fmt.Sprintf("%s had %d %s within an hour, the limit is %d (%s).", t.Account, t.Count, what.EN, t.Allowed, g.local(t.Since))
	if !t.Enforced {
		return policy.Text{JA: ja + "監視のみの設定のため、メールは止めていません。", EN: en + " The breaker only monitors: its mail is not stopped."}
	}
	at := g.parkedPage(t)
	return policy.Text{
		JA: ja + "以後のメールは保留しています。パスワードを変更し、保留分をまとめて破棄または送信してください。 " + at,
		EN: en + " Its mail is parked from now on. Change the password, then release or purge what is parked. " + at,
	}
}

// parkedPage is where the console lists what is parked of an account.
func (g *guard) parkedPage(t proxy.Tripped) string {
	q := url.Values{"rule": {proxy.RuleBreaker}, "state": {string(quarantine.Waiting)}}
	if !t.Address {
		q.Set("sender", t.Account)
	}
	return g.cfg.Console.PublicURL + "/holds?" + q.Encode()
}

func (g *guard) local(t time.Time) string {
	return t.In(g.cfg.Organization.Location()).Format("2006-01-02 15:04")
}

// tellOwner writes to somebody of the organisation about his account.
func (g *guard) tellOwner(ctx context.Context, owner email.Address, subject, text policy.Text) {
	if g.notifier == nil || !g.staff.Own(owner) {
		return
	}
	if err := g.notifier.Tell(ctx, g.staff.Party(owner), subject, text); err != nil {
		g.log.Error("the owner of an account could not be told", "error", err)
	}
}

// tripped is what the console shows of accounts past a limit.
func (g *guard) tripped() []web.TrippedAccount {
	var out []web.TrippedAccount
	for _, t := range g.proxy.Tripped() {
		out = append(out, web.TrippedAccount{Account: t.Account, Address: t.Address, Limit: t.Limit, Count: t.Count, Allowed: t.Allowed, Since: t.Since, Enforced: t.Enforced})
	}
	return out
}
