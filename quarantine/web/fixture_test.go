package web_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/crypto/argon2"

	"github.com/sekisho-mail/sekisho/cmd/sekisho/demo"
	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/directory"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/policy/recipient"
	"github.com/sekisho-mail/sekisho/policy/rule"
	"github.com/sekisho-mail/sekisho/policy/standard"
	"github.com/sekisho-mail/sekisho/quarantine"
	"github.com/sekisho-mail/sekisho/quarantine/store"
	"github.com/sekisho-mail/sekisho/quarantine/store/storetest"
	"github.com/sekisho-mail/sekisho/quarantine/web"
)

const people = `address,name,kana,manager,groups,language
hanako.sato@example.co.jp,佐藤 花子,サトウ ハナコ,ichiro.tanaka@example.co.jp,営業部,ja
taro.suzuki@example.co.jp,鈴木 太郎,スズキ タロウ,ichiro.tanaka@example.co.jp,営業部,ja
keiko.mori@example.co.jp,森 恵子,モリ ケイコ,ichiro.tanaka@example.co.jp,総務部,ja
ichiro.tanaka@example.co.jp,田中 一郎,タナカ イチロウ,,営業部,ja
admin@example.co.jp,管理 者,カンリ シャ,,情報システム部;privacy-office,ja
jiro.ito@example.co.jp,伊藤 次郎,イトウ ジロウ,,監査部,en
`

// The people of the tests. Their password is the same.
const (
	hanako   = "hanako.sato@example.co.jp"   // sender
	taro     = "taro.suzuki@example.co.jp"   // sender
	manager  = "ichiro.tanaka@example.co.jp" // approver of the others
	admin    = "admin@example.co.jp"         // admin
	outsider = "jiro.ito@example.co.jp"      // approver of nobody
	password = "chestnut-lantern-river"
)

// site is the console on a real store, keeper, directory and rule set. Mails are
// read in process.
type site struct {
	t      testing.TB
	store  *store.Store
	keeper *quarantine.Keeper
	blobs  *storetest.Blobs
	engine *policy.Engine
	book   *rule.Book
	clock  *storetest.Clock
	server *httptest.Server
	log    *logged
	reader *standard.Reader
	resume int
	status web.SystemStatus
}

// logged is a log that may be read while it is written: a server goes on when its
// answer is away.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// String is what is logged so far.
func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

type inProcess struct{ r *standard.Reader }

// Inspect implements standard.Workers.
func (p inProcess) Inspect(ctx context.Context, job standard.Job, body email.Body) (policy.Inspection, policy.Problem, error) {
	raw, err := email.ReadBody(body, 1<<28)
	if err != nil {
		return policy.Inspection{}, policy.Unreadable, err
	}
	return p.r.Inspect(ctx, job, raw), policy.NoProblem, nil
}

func newSite(t testing.TB, change ...func(*webOptions)) *site {
	t.Helper()
	s := &site{t: t, clock: storetest.NewClock(), blobs: &storetest.Blobs{}, log: &logged{}}
	s.store = storetest.Open(t, storetest.SQLite(t))
	file := filepath.Join(t.TempDir(), "people.csv")
	if err := os.WriteFile(file, []byte(people), 0o600); err != nil {
		t.Fatal(err)
	}
	zone, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	holder, err := directory.Open(file, zone)
	if err != nil {
		t.Fatal(err)
	}
	own := func(a email.Address) bool { return a.Domain() == "example.co.jp" }
	s.keeper, err = quarantine.New(quarantine.Options{Store: s.store, Blobs: s.blobs, Now: s.clock.Now, Log: storetest.Quiet(),
		Metrics: prometheus.NewRegistry(), Staff: directory.Staff{People: holder, Own: own},
		Judge: func(ctx context.Context, env email.Envelope, body email.Body) (*policy.Message, policy.Verdict) {
			return s.engine.Judge(ctx, env, body)
		}})
	if err != nil {
		t.Fatal(err)
	}
	s.judgement(holder)
	log := slog.New(slog.NewTextHandler(s.log, nil))
	s.status = web.SystemStatus{Version: "1.2.3", Host: "guard.example.co.jp", Started: s.clock.Now(), Mode: "enforce", Workers: 2, People: 6,
		Hops: []web.HopStatus{{Address: "mx.example.co.jp:25", Up: true}}, DiskFree: 40e9, DiskSize: 100e9, HoldsLastHour: 3, AlarmPerHour: 100,
		Components: []web.Component{{Name: "Go", Version: "1.26"}}}
	o := web.Options{Holds: s.keeper, Decider: s.keeper, Mender: s.keeper, Desk: s.keeper, Bulk: s.keeper, Tripped: func() []web.TrippedAccount { return s.status.Tripped }, Bodies: s.keeper, Ledger: s.store, Outlines: s.store,
		Records: s.store, Bypasses: s.store, Rules: s.book, Accounts: s.store, Sessions: s.store, Views: s.store, Repairs: s.keeper, Tokens: s.store,
		Render: s.render, Survey: s.survey, Person: func(a email.Address) (directory.Person, bool) { return holder.Current().Lookup(a) },
		Find:   func(words string, limit int) []directory.Person { return holder.Current().Find(words, limit) },
		Status: func(context.Context) web.SystemStatus { return s.status }, Resume: func() { s.resume++ },
		Organization: "株式会社エグザンプル", Domains: []string{"example.co.jp"}, PublicURL: "http://127.0.0.1", Zone: zone, Now: s.clock.Now, Log: log}
	for _, f := range change {
		f(&o)
	}
	console, err := web.New(o)
	if err != nil {
		t.Fatal(err)
	}
	s.server = httptest.NewServer(console.Handler())
	t.Cleanup(s.server.Close)
	for _, p := range []struct {
		address string
		roles   []quarantine.Role
	}{{hanako, nil}, {taro, nil}, {manager, []quarantine.Role{web.RoleApprover}}, {admin, []quarantine.Role{web.RoleAdmin}}, {outsider, []quarantine.Role{web.RoleApprover}}} {
		s.account(p.address, p.roles...)
	}
	return s
}

// judgement makes the engine that ships, without processes.
func (s *site) judgement(holder *directory.Holder) {
	s.t.Helper()
	org, err := recipient.NewOrganization([]string{"example.co.jp"}, false)
	if err != nil {
		s.t.Fatal(err)
	}
	partners, err := recipient.NewTrusted(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	rules := filepath.Join(s.t.TempDir(), "demo.yaml")
	if err := os.WriteFile(rules, []byte(demo.Rules), 0o600); err != nil {
		s.t.Fatal(err)
	}
	s.book, err = rule.NewBook(s.t.Context(), rule.BookOptions{Options: rule.Options{Offers: []string{"to_bcc"}}, Paths: []string{"default", rules}, Now: s.clock.Now,
		Log: storetest.Quiet(), Registerer: prometheus.NewRegistry()})
	if err != nil {
		s.t.Fatal(err)
	}
	s.reader = standard.NewReader(policy.DefaultLimits())
	s.engine = &policy.Engine{
		Inspector: &standard.Inspector{Reader: s.reader, Workers: inProcess{s.reader}, Domains: []string{"example.co.jp"}, Limits: policy.DefaultLimits(), Log: storetest.Quiet()},
		Checks:    standard.Checks(standard.Surroundings{Organization: org, History: recipient.NewHistory(), Directory: holder, Partners: partners}),
		Decider:   s.book, Log: storetest.Quiet(),
	}
}

func (s *site) render(ctx context.Context, env email.Envelope, body email.Body) (policy.Rendering, error) {
	raw, err := email.ReadBody(body, 1<<28)
	if err != nil {
		return policy.Rendering{}, err
	}
	return s.reader.Render(ctx, standard.Job{Mail: true, Sender: env.Sender, Recipients: env.Addresses(), Domains: []string{"example.co.jp"}}, raw), nil
}

func (s *site) survey(ctx context.Context, env email.Envelope, body email.Body) *policy.Message {
	m := &policy.Message{Envelope: env}
	s.engine.Survey(ctx, m, body)
	return m
}

// cheapHash is a hash of the tests' password with the least cost that counts: a
// hash is checked with the costs that stand in it.
var cheapHash = sync.OnceValue(func() string {
	sum := argon2.IDKey([]byte(password), []byte("salt of the tests"), 1, 8, 1, 32)
	enc := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=8,t=1,p=1$%s$%s", argon2.Version, enc([]byte("salt of the tests")), enc(sum))
})

func (s *site) account(address string, roles ...quarantine.Role) *quarantine.Account {
	s.t.Helper()
	a := &quarantine.Account{ID: email.NewID(s.clock.Now()), Address: email.MustAddress(address), Roles: roles, Created: s.clock.Now()}
	a.Password, a.Temporary, a.Changed = cheapHash(), false, s.clock.Now()
	if err := s.store.PutAccount(s.t.Context(), a); err != nil {
		s.t.Fatal(err)
	}
	return a
}

// take judges a mail and holds or passes it as the proxy would.
func (s *site) take(from string, to []string, raw []byte) email.ID {
	s.t.Helper()
	s.clock.Add(time.Second)
	env := email.Envelope{ID: email.NewID(s.clock.Now()), Sender: email.MustAddress(from), Received: s.clock.Now()}
	for _, a := range to {
		env.Recipients = append(env.Recipients, email.Recipient{Address: email.MustAddress(a)})
	}
	body := email.BytesBody(raw)
	m, v := s.engine.Judge(s.t.Context(), env, body)
	record := policy.Record{ID: env.ID, Time: s.clock.Now(), Stage: "intent", Direction: "out", Facts: m.Vector(), Verdict: &v, Accepted: true}
	var id email.ID
	if !v.All(policy.Pass) && !v.All(policy.Reject) {
		var err error
		if id, err = s.keeper.Hold(s.t.Context(), m, v, body); err != nil {
			s.t.Fatal(err)
		}
		record.Stage, record.Hold = "held", id
	} else if v.All(policy.Reject) {
		record.Stage = "rejected"
	}
	seq, err := s.store.LastRecord(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	text, err := json.Marshal(record)
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.store.InsertRecords(s.t.Context(), []quarantine.Line{{Seq: seq + 1, Entry: record.Entry(), Text: text}}); err != nil {
		s.t.Fatal(err)
	}
	return id
}

// samples takes the demo's mails in and returns the holds.
func (s *site) samples() []email.ID {
	s.t.Helper()
	mails, err := demo.Mails(s.clock.Now())
	if err != nil {
		s.t.Fatal(err)
	}
	var ids []email.ID
	for _, m := range mails {
		if id := s.take(m.From, m.To, m.Data); id != "" {
			ids = append(ids, id)
		}
	}
	if len(ids) < 4 {
		s.t.Fatalf("only %d of %d samples were held", len(ids), len(mails))
	}
	return ids
}

// plain is a small mail with personal data, held for the manager.
func (s *site) plain(from string, extra ...string) email.ID {
	s.t.Helper()
	var list strings.Builder
	for i := range 130 {
		fmt.Fprintf(&list, "%d,%s %s,090-1234-%04d,tokyo%d@gmail.com\r\n", i, []string{"佐々木", "高橋", "渡辺", "山本", "小林"}[i%5], []string{"太郎", "花子", "健一", "美咲", "翔太", "直美", "拓也"}[i%7], i, i)
	}
	raw := "From: " + from + "\r\nTo: partner@other.example\r\nSubject: =?utf-8?B?5Lya5ZOh5ZCN57C/?=\r\nMessage-ID: <" + string(email.NewID(s.clock.Now())) + "@example.co.jp>\r\n" +
		"Date: Wed, 18 Nov 2026 10:00:00 +0900\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n" + strings.Join(extra, "") + "\r\n" +
		"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n名簿です。 私の番号は 9876543210 です。\r\n" +
		"--b\r\nContent-Type: text/csv; charset=utf-8; name=list.csv\r\nContent-Disposition: attachment; filename=list.csv\r\n\r\nno,氏名,電話番号,メールアドレス\r\n" + list.String() + "--b--\r\n"
	id := s.take(from, []string{"partner@other.example"}, []byte(raw))
	if id == "" {
		s.t.Fatal("the sample was not held")
	}
	return id
}

// browser is somebody at the console.
type browser struct {
	s *site
	c *http.Client
}

func (s *site) browser() *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return &browser{s, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// login is a browser with somebody logged in.
func (s *site) login(address string) *browser {
	s.t.Helper()
	b := s.browser()
	if a := b.post("/login", "address", address, "password", password); a.status != http.StatusSeeOther || a.to == "/login" {
		s.t.Fatalf("log-in of %s: %d %s", address, a.status, a.text())
	}
	return b
}

type answered struct {
	status int
	to     string
	header http.Header
	body   string
}

var tags = regexp.MustCompile(`(?s)<[^>]*>`)

func (a answered) text() string {
	return strings.Join(strings.Fields(tags.ReplaceAllString(a.body, " ")), " ")
}

func (b *browser) do(r *http.Request) answered {
	b.s.t.Helper()
	resp, err := b.c.Do(r)
	if err != nil {
		b.s.t.Fatal(err)
	}
	defer resp.Body.Close()
	var body bytes.Buffer
	if _, err := body.ReadFrom(resp.Body); err != nil {
		b.s.t.Fatal(err)
	}
	return answered{resp.StatusCode, resp.Header.Get("Location"), resp.Header, body.String()}
}

func (b *browser) request(method, path, body string) *http.Request {
	b.s.t.Helper()
	r, err := http.NewRequestWithContext(b.s.t.Context(), method, b.s.server.URL+path, strings.NewReader(body))
	if err != nil {
		b.s.t.Fatal(err)
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return r
}

func (b *browser) get(path string) answered { return b.do(b.request(http.MethodGet, path, "")) }

// post sends a form without a token.
func (b *browser) post(path string, pairs ...string) answered {
	return b.do(b.request(http.MethodPost, path, form(pairs).Encode()))
}

func form(pairs []string) url.Values {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return v
}

var tokenField = regexp.MustCompile(`name="csrf" value="([0-9a-f]{64})"`)

// token is the session's form token, as any page carries it.
func (b *browser) token() string {
	b.s.t.Helper()
	for _, page := range []string{"/account", "/account/password"} {
		if m := tokenField.FindStringSubmatch(b.get(page).body); m != nil {
			return m[1]
		}
	}
	b.s.t.Fatal("no token on any page")
	return ""
}

// submit sends a form with its token.
func (b *browser) submit(path string, pairs ...string) answered {
	b.s.t.Helper()
	return b.post(path, append([]string{"csrf", b.token()}, pairs...)...)
}

func (b *browser) cookie(name string) string {
	u, err := url.Parse(b.s.server.URL)
	if err != nil {
		b.s.t.Fatal(err)
	}
	for _, c := range b.c.Jar.Cookies(u) {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

func (s *site) hold(id email.ID) *quarantine.Hold {
	s.t.Helper()
	return storetest.Load(s.t, s.keeper, id)
}

// fingerprint is everything a person could change: events, holds, accounts.
func (s *site) fingerprint() string {
	s.t.Helper()
	ctx := context.Background()
	report, err := s.store.VerifyEvents(ctx)
	if err != nil || report.Broken != nil {
		s.t.Fatal(err, report.Broken)
	}
	page, err := s.keeper.List(ctx, quarantine.Query{Limit: 500})
	if err != nil {
		s.t.Fatal(err)
	}
	out := fmt.Sprint(report.Events)
	for _, h := range page.Holds {
		out += fmt.Sprintf(" %s.%d.%s", h.ID, h.Version, h.State())
	}
	accounts, err := s.store.Accounts(ctx)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, a := range accounts {
		views, err := s.store.Views(ctx, a.ID)
		if err != nil {
			s.t.Fatal(err)
		}
		out += fmt.Sprintf(" %s.%d.%d", a.ID, a.Version, len(views))
	}
	if _, err := s.store.CurrentBypass(ctx, s.clock.Now()); err == nil {
		out += " bypass"
	}
	return out
}
