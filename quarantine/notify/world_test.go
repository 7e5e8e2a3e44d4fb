package notify_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/directory"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
	"github.com/sekisho-mail/sekisho/quarantine/dispatch"
	"github.com/sekisho-mail/sekisho/quarantine/notify"
	"github.com/sekisho-mail/sekisho/quarantine/store"
	"github.com/sekisho-mail/sekisho/quarantine/store/storetest"
)

// The company of these tests; the clock begins on Wednesday the 18th at 10:00 in
// Tokyo.
const people = `address,name,manager,deputy,away_from,away_to,groups,language,last_day,further
bucho@example.co.jp,部長 二郎,ceo@example.co.jp,kacho@example.co.jp,,,営業部,,,jiro.bucho@gmail.com
kacho@example.co.jp,課長 三郎,bucho@example.co.jp,,,,営業部,,,
sato@example.co.jp,佐藤 花子,bucho@example.co.jp,suzuki@example.co.jp,,,営業部,,,
suzuki@example.co.jp,Suzuki Jiro,bucho@example.co.jp,,,,営業部,en,,
holiday@example.co.jp,休暇 八郎,bucho@example.co.jp,suzuki@example.co.jp,2026-11-16,2026-11-20,,,,
longleave@example.co.jp,長期 休暇,bucho@example.co.jp,,2026-11-16,,,,,
leaver@example.co.jp,退職 七郎,bucho@example.co.jp,,,,,,2026-11-17,
under@example.co.jp,部下 四郎,away-boss@example.co.jp,,,,,,,
trip@example.co.jp,出張 九郎,bucho@example.co.jp,,2026-11-19,2026-11-20,,,,
away-boss@example.co.jp,不在 部長,,kacho@example.co.jp,2026-11-18,2026-11-20,,,,
privacy@example.co.jp,窓口 一子,,,,,privacy-office,,,
ceo@example.co.jp,社長 一郎,,,,,,,,
admin@example.co.jp,管理 太郎,,,,,,,,
oncall@example.co.jp,当番 次郎,,,,,,,,
`

const senders = `address,name,kind,owner,members
info@example.co.jp,お問い合わせ窓口,shared,bucho@example.co.jp,sato@example.co.jp;suzuki@example.co.jp
batch@example.co.jp,基幹システム,application,kacho@example.co.jp,
members-ml@example.co.jp,会員ML,application,suzuki@example.co.jp,
`

// world is a quarantine with people, notices and a dispatcher on one store.
type world struct {
	t        *testing.T
	clock    *storetest.Clock
	store    *store.Store
	blobs    *storetest.Blobs
	keeper   *quarantine.Keeper
	notifier *notify.Notifier
	links    notify.Links
	marker   notify.Marker
	dispatch *dispatch.Dispatcher
	hop      *hop
	reg      *prometheus.Registry
}

func own(a email.Address) bool { return a.Domain() == "example.co.jp" }

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, clock: storetest.NewClock(), blobs: &storetest.Blobs{}, hop: &hop{}, reg: prometheus.NewRegistry()}
	w.store = storetest.Open(t, storetest.SQLite(t))
	cal := quarantine.DefaultCalendar(nil)
	cal.Holidays = map[string]bool{"2026-11-23": true}
	var err error
	w.keeper, err = quarantine.New(quarantine.Options{Store: w.store, Blobs: w.blobs, Calendar: cal, Now: w.clock.Now, Log: storetest.Quiet(),
		Metrics: w.reg, Staff: staff(t, cal.Zone), Notices: true})
	if err != nil {
		t.Fatal(err)
	}
	w.links = notify.Links{Store: w.store, Base: "https://guard.example.co.jp/d/", Now: w.clock.Now}
	w.marker = notify.NewMarker([]byte("site key"))
	w.notifier = w.newNotifier(w.store)
	w.dispatch, err = dispatch.New(dispatch.Options{Keeper: w.keeper, Queue: w.store, Sender: w.hop, Host: "guard.example.co.jp", Now: w.clock.Now,
		Log: storetest.Quiet(), Metrics: w.reg})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) newNotifier(s notify.Store) *notify.Notifier {
	w.t.Helper()
	cal := quarantine.DefaultCalendar(nil)
	cal.Holidays = map[string]bool{"2026-11-23": true}
	n, err := notify.New(notify.Options{Store: s, Keeper: w.keeper, Links: w.links, Marker: w.marker, Calendar: cal, Own: own,
		From: email.MustAddress("sekisho@example.co.jp"), Name: "関所", HelpDesk: email.MustAddress("helpdesk@example.co.jp"), HelpPhone: "内線 1234",
		Host: "guard.example.co.jp", Admins: []policy.Party{{Address: email.MustAddress("admin@example.co.jp"), Name: "管理 太郎", Language: "ja"}},
		Now: w.clock.Now, Log: storetest.Quiet()})
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

func staff(t testing.TB, zone *time.Location) directory.Staff {
	t.Helper()
	dir := t.TempDir()
	o := directory.Options{People: filepath.Join(dir, "people.csv"), Senders: filepath.Join(dir, "senders.csv"), Zone: zone}
	for path, text := range map[string]string{o.People: people, o.Senders: senders} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	h, err := directory.OpenLists(o)
	if err != nil {
		t.Fatal(err)
	}
	one := func(a string) []email.Address { return []email.Address{email.MustAddress(a)} }
	return directory.Staff{People: h, Own: own, Fallback: one("ceo@example.co.jp"),
		Roles: map[string][]email.Address{"admin": one("admin@example.co.jp"), "on-call": one("oncall@example.co.jp")}}
}

// hop is the next hop: it takes what it is given, but for refused recipients.
type hop struct {
	refuse string
	mu     sync.Mutex // dispatch sends from several goroutines
	got    []string   // recipients, in order
}

func (h *hop) Send(ctx context.Context, env email.Envelope, body email.Body, _ []byte, gate func(context.Context) error) ([]email.Reply, error) {
	if err := gate(ctx); err != nil {
		return nil, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	var out []email.Reply
	for _, r := range env.Recipients {
		if r.Address.String() == h.refuse {
			out = append(out, email.NewReply(550, "5.1.1", "no such user"))
			continue
		}
		h.got = append(h.got, r.Address.String())
		out = append(out, email.NewReply(250, "2.0.0", "ok"))
	}
	return out, nil
}

// letter is a mail on its way into the quarantine.
type letter struct {
	from, sender, user string
	subject            string
	to                 []string // outside unless of example.co.jp
	approvers          []string
	copyTo             []string
	deadline           string
	expiry             string
	rule               string
	reason             bool
	delay              time.Duration
	automatic          bool
	id                 string // Message-ID
	null               bool   // null path
	terms              func(*policy.Terms)
	clean              bool   // nothing was found in it
	mailbox            string // that sends it on by itself
}

var serial int

func (w *world) hold(l letter) email.ID {
	w.t.Helper()
	serial++
	if l.id == "" {
		l.id = fmt.Sprintf("<%d@example.co.jp>", serial)
	}
	if l.from == "" {
		l.from = "sato@example.co.jp"
	}
	if l.subject == "" {
		l.subject = "会員名簿 4711 の送付"
	}
	if l.to == nil {
		l.to = []string{"x@partner.example"}
	}
	if l.deadline == "" {
		l.deadline = "8 working hours"
	}
	if l.rule == "" {
		l.rule = "people-list"
	}
	if l.approvers == nil {
		l.approvers = []string{"manager"}
	}
	now, from := w.clock.Now(), email.MustAddress(l.from)
	m := &policy.Message{Digest: sha256.Sum256([]byte(l.id)), Envelope: email.Envelope{ID: email.NewID(now), Sender: from, Received: now}}
	if l.null {
		m.Envelope.Sender = email.Address{}
	}
	m.Envelope.Client.User = l.user
	m.Header = policy.Header{Subject: l.subject, MessageID: l.id, Date: now, From: []policy.Mailbox{{Address: from}}, Automatic: l.automatic}
	if l.sender != "" {
		m.Header.SenderBox = []policy.Mailbox{{Address: email.MustAddress(l.sender)}}
	}
	if l.mailbox != "" {
		m.Forward.Mailbox, m.Sender.Address = email.MustAddress(l.mailbox), email.MustAddress(l.mailbox)
	}
	m.People = policy.People{High: 23012, Low: 23000, Unencrypted: 23012}
	m.Findings = []policy.Finding{{Type: "business_contact", Subtype: "email", Place: policy.Place{Part: "0/h", Where: "header"}, Count: 1, Confidence: 0.96}}
	for _, row := range []int{17, 18} {
		m.Findings = append(m.Findings, policy.Finding{Type: "person_name", Place: policy.Place{Part: "2/1", Where: fmt.Sprintf(`名簿.zip / list.xlsx / sheet "会員" / row %d`, row)},
			Count: 1, Confidence: 0.99, Masked: policy.Mask("山田太郎秘密値")})
	}
	if l.clean {
		m.People, m.Findings = policy.People{}, nil
	}
	expiry := l.expiry
	if expiry == "" {
		expiry = "reject"
	}
	action := policy.Hold
	if l.delay > 0 {
		action = policy.Delay
	}
	v := policy.Verdict{Fired: []policy.Fired{{Name: l.rule, Action: action, Findings: []int{0, 1, 2},
		Reasons: []policy.Text{{JA: "約23012人分の個人情報が暗号化されずに社外へ送られます。", EN: "Personal data of about 23012 people would leave unencrypted."}},
		Terms:   policy.Terms{Approvers: l.approvers, Deadline: l.deadline, OnExpiry: expiry, ReasonRequired: l.reason, CopyTo: l.copyTo}}}}
	if l.terms != nil {
		l.terms(&v.Fired[0].Terms)
	}
	if l.clean {
		v.Fired[0].Findings = nil
	}
	for _, a := range l.to {
		addr := email.MustAddress(a)
		m.Envelope.Recipients = append(m.Envelope.Recipients, email.Recipient{Address: addr})
		m.Recipients = append(m.Recipients, policy.Recipient{Address: addr, External: !own(addr), Visible: true, FirstContact: !own(addr)})
		m.Header.To = append(m.Header.To, policy.Mailbox{Address: addr})
		rv := policy.RecipientVerdict{Address: addr, Action: action, Delay: l.delay, Rules: []string{l.rule}}
		if own(addr) {
			rv = policy.RecipientVerdict{Address: addr}
		}
		v.Recipients = append(v.Recipients, rv)
	}
	id, err := w.keeper.Hold(w.t.Context(), m, v, email.BytesBody([]byte("Subject: x\r\n\r\nsecret body "+l.id+"\r\n")))
	if err != nil {
		w.t.Fatal(err)
	}
	return id
}

// pass lets time go by and everything be done that is due.
func (w *world) pass(d time.Duration) {
	w.t.Helper()
	w.clock.Add(d)
	for range 2 { // what dispatch ends is told
		if err := w.notifier.Once(w.t.Context()); err != nil {
			w.t.Fatal(err)
		}
		if err := w.dispatch.Once(w.t.Context()); err != nil {
			w.t.Fatal(err)
		}
	}
}

// got is a notice as its reader has it.
type got struct {
	to, subject, text, html string
	header                  mail.Header
	raw                     []byte
	keys                    []string // of the links in it
	env                     email.Envelope
}

var keyPattern = regexp.MustCompile(`https://guard\.example\.co\.jp/d/([A-Za-z0-9_-]+)`)

// inbox reads all notices somebody was sent, oldest first.
func (w *world) inbox(who string) []got {
	w.t.Helper()
	var out []got
	for _, h := range w.all(quarantine.Query{Kind: quarantine.KindNotice}) {
		env := h.Copies[0].Envelope
		if len(env.Recipients) != 1 {
			w.t.Fatalf("a notice for %d readers", len(env.Recipients))
		}
		if who != "" && env.Recipients[0].Address.String() != who {
			continue
		}
		body, err := w.keeper.Body(w.t.Context(), h.Copies[0], 1)
		if err != nil {
			w.t.Fatal(err)
		}
		raw, err := email.ReadBody(body, 1<<20)
		if err != nil {
			w.t.Fatal(err)
		}
		g := parse(w.t, raw)
		g.env = env
		out = append(out, g)
	}
	return out
}

// all lists holds, oldest first.
func (w *world) all(q quarantine.Query) []*quarantine.Hold {
	w.t.Helper()
	q.Limit = 500
	page, err := w.store.Find(w.t.Context(), q)
	if err != nil {
		w.t.Fatal(err)
	}
	slices.SortStableFunc(page.Holds, func(a, b *quarantine.Hold) int { return a.Created.Compare(b.Created) })
	return page.Holds
}

// parse reads a notice with the standard library only, as a mail client would.
func parse(t testing.TB, raw []byte) got {
	t.Helper()
	for line := range strings.SplitSeq(string(raw), "\r\n") {
		if len(line) > 998 || strings.ContainsAny(line, "\r\n") {
			t.Errorf("line of %d octets", len(line))
		}
	}
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	g := got{header: m.Header, raw: raw}
	words := &mime.WordDecoder{}
	if g.subject, err = words.DecodeHeader(m.Header.Get("Subject")); err != nil {
		t.Fatal(err)
	}
	to, err := m.Header.AddressList("To")
	if err != nil || len(to) != 1 {
		t.Fatalf("To: %v %v", to, err)
	}
	g.to = to[0].Address
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("%s %v", kind, err)
	}
	r := multipart.NewReader(m.Body, params["boundary"])
	for {
		p, err := r.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, p))
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(p.Header.Get("Content-Type"), "text/plain") {
			g.text = string(b)
		} else {
			g.html = string(b)
		}
	}
	for _, m := range keyPattern.FindAllStringSubmatch(g.text, -1) {
		if !slices.Contains(g.keys, m[1]) {
			g.keys = append(g.keys, m[1])
		}
	}
	return g
}

// last is the latest notice somebody was sent.
func (w *world) last(who string) got {
	w.t.Helper()
	in := w.inbox(who)
	if len(in) == 0 {
		w.t.Fatalf("%s was told nothing", who)
	}
	return in[len(in)-1]
}

// link looks at the link in somebody's latest notice.
func (w *world) link(who string) quarantine.Link {
	w.t.Helper()
	g := w.last(who)
	if len(g.keys) == 0 {
		w.t.Fatalf("no link in %q", g.subject)
	}
	l, err := w.links.Look(w.t.Context(), g.keys[0])
	if err != nil {
		w.t.Fatal(err)
	}
	return l
}

// order is what the holder of a link asks for.
func order(l quarantine.Link, reason string) quarantine.Order {
	return quarantine.Order{Hold: l.Hold, By: l.Actor(), Link: l.Hash, Reason: reason}
}

func (w *world) load(id email.ID) *quarantine.Hold { return storetest.Load(w.t, w.keeper, id) }

// counts says how many notices everybody has.
func (w *world) counts() map[string]int {
	w.t.Helper()
	out := map[string]int{}
	for _, g := range w.inbox("") {
		out[strings.TrimSuffix(g.to, "@example.co.jp")]++
	}
	return out
}
