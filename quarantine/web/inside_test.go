package web

import (
	"fmt"
	"mime"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

func testReader(t testing.TB, lang string) reader {
	t.Helper()
	tr, err := loadCatalog()
	if err != nil {
		t.Fatal(err)
	}
	zone, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	return reader{lang: lang, zone: zone, now: time.Date(2026, 11, 18, 1, 0, 0, 0, time.UTC), tr: tr}
}

func TestNumbersInSentences(t *testing.T) {
	r := testReader(t, langEN)
	if got := r.t("hold.outside", "n", 12345); !strings.Contains(got, "12,345") {
		t.Error(got)
	}
	if got := r.t("hold.outside", "n", int64(999)); !strings.Contains(got, "999") {
		t.Error(got)
	}
}

func TestMoments(t *testing.T) {
	ja, en := testReader(t, langJA), testReader(t, langEN)
	at := time.Date(2026, 11, 18, 15, 30, 0, 0, time.UTC) // next day in Tokyo
	for got, want := range map[string]string{
		ja.when(at).Text: "2026年11月19日(木) 00:30", en.when(at).Text: "Thu 19 Nov 2026, 00:30", en.when(at).ISO: "2026-11-18T15:30:00Z",
		ja.stamp(at).Text: "2026-11-19 00:30:00", en.stamp(at.AddDate(-1, 0, 0)).Text: "2025-11-19 00:30:00",
		ja.left(at): "残り14時間", en.left(en.now.Add(-time.Hour)): "past its deadline", en.left(en.now.Add(95 * time.Minute)): "1 h 35 min left",
		ja.span(72 * time.Hour): "3日", en.span(59 * time.Second): "59 s", en.size(2_400_000): "2.4 MB", en.number(-1234567): "-1,234,567", en.number(23000): "23,000",
		ja.deadline("8 working hours"): "8営業時間", en.deadline("1 working day"): "1 working days", ja.deadline("24h"): "24h",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if m := ja.when(time.Time{}); m != (Moment{}) {
		t.Errorf("no time is %+v", m)
	}
}

func TestStarDigits(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "123": "123", "1234": "****", "a12345b": "a*****b", "１２３４": "****", "03-1234-567": "03-****-567", "令和8年": "令和8年", "2026": "****",
	} {
		if got := starDigits(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}

func TestQuoteIsFolded(t *testing.T) {
	for in, want := range map[string]string{
		"hello\r\n":                                  "hello\r\n",
		"hello\r\n> one\r\n> two\r\n":                "hello\r\n",
		"> one\r\n> two\r\n":                         "> one\r\n> two\r\n", // nothing but a quote stays
		"a\r\n> one\r\nb\r\n":                        "a\r\n> one\r\nb\r\n",
		"a\r\n-----Original Message-----\r\nFrom: b": "a\r\n",
		"a\r\n-----元のメッセージ-----\r\nb":                "a\r\n",
		"了解です。\r\n＞ 一\r\n＞ 二\r\n":                    "了解です。\r\n",
	} {
		if got := string([]rune(in)[:quoteStart([]rune(in))]); got != want {
			t.Errorf("%q is cut to %q, want %q", in, got, want)
		}
	}
}

// Masked text shows nothing of a finding but its masked sample; raw shows all.
func TestTextIsMasked(t *testing.T) {
	r := testReader(t, langJA)
	text := "番号 123456789018 と 9999 です。\r\n> 古い 123456789018\r\n> 二行目\r\n"
	runes := []rune(text)
	finding := func(s string, from int) policy.Finding {
		start := len([]rune(text[:strings.Index(text[from:], s)+from]))
		return policy.Finding{Type: "my_number", Count: 1, Masked: policy.Mask(s), Place: policy.Place{Part: "0", Start: start, End: start + len([]rune(s))}}
	}
	p := policy.RenderedPart{Part: policy.Part{Path: "0", Type: "text/plain"}, Text: text,
		Findings: []policy.Finding{finding("123456789018", strings.Index(text, "古い")), finding("123456789018", 0), finding("123456789018", 0), {Place: policy.Place{Start: -1, End: 99999}}}}
	join := func(v TextView) (out string) {
		for _, piece := range append(append([]Piece(nil), v.Pieces...), v.Quoted...) {
			out += piece.Text
		}
		return out
	}
	masked := r.text(p, false, "本文")
	if got := join(masked); strings.Contains(got, "56789018") || strings.Contains(got, "9999") || utf8.RuneCountInString(got) != len(runes) {
		t.Errorf("masked: %q", got)
	}
	if len(masked.Quoted) == 0 || masked.Pieces[1].Kind != "個人番号" {
		t.Errorf("%+v", masked)
	}
	if got := join(r.text(p, true, "本文")); got != text {
		t.Errorf("raw: %q", got)
	}
}

func FuzzText(f *testing.F) {
	f.Add("番号 123456789018 です", 3, 15, false)
	f.Add("> a\n> b\n", 0, 8, true)
	f.Fuzz(func(t *testing.T, text string, start, end int, raw bool) {
		r := testReader(t, langEN)
		p := policy.RenderedPart{Part: policy.Part{Path: "0"}, Text: text, Findings: []policy.Finding{{Type: "my_number", Masked: policy.MaskAll("x"), Place: policy.Place{Start: start, End: end}},
			{Type: "phone", Masked: policy.MaskAll("y"), Place: policy.Place{Start: end, End: start + end}}}}
		v := r.text(p, raw, "")
		var got string
		for _, piece := range append(append([]Piece(nil), v.Pieces...), v.Quoted...) {
			got += piece.Text
		}
		if raw && !v.Cut && got != string([]rune(text)) {
			t.Errorf("%q became %q", text, got)
		}
	})
}

func TestDisposition(t *testing.T) {
	for in, want := range map[string]string{
		"list.csv": "list.csv", "../../etc/passwd": "passwd", `C:\x\y.txt`: "y.txt", "a\r\nX-Evil: 1": "aX-Evil_ 1", "名簿.csv": "名簿.csv", "": "download.bin",
		"...": "download.bin", "evil\u202efdp.exe": "evilfdp.exe", `a";b`: "a_;b",
	} {
		d := disposition(in)
		kind, params, err := mime.ParseMediaType(d)
		if err != nil || kind != "attachment" || params["filename"] != want {
			t.Errorf("%q: %s -> %q, %v", in, d, params["filename"], err)
		}
	}
}

func FuzzDisposition(f *testing.F) {
	for _, s := range []string{"a.csv", "名簿\r\n.csv", "%00", "\xff\xfe", `"';`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		d := disposition(name)
		if strings.ContainsAny(d, "\r\n\x00") || !utf8.ValidString(d) {
			t.Errorf("%q gives %q", name, d)
		}
		if kind, params, err := mime.ParseMediaType(d); err != nil || kind != "attachment" || params["filename"] == "" || strings.ContainsAny(params["filename"], `/\`) {
			t.Errorf("%q gives %q: %v", name, d, err)
		}
	})
}

func TestPasswordHashes(t *testing.T) {
	h := hashPassword("plum-harbour-window")
	if h == hashPassword("plum-harbour-window") {
		t.Error("two hashes are equal: no salt")
	}
	for _, c := range []struct {
		hash, password string
		ok, bad        bool
	}{
		{h, "plum-harbour-window", true, false}, {h, "plum-harbour-windoW", false, false}, {h, "", false, false},
		{"", "x", false, true}, {"$argon2id$v=19$m=99999999,t=2,p=1$AAAA$AAAA", "x", false, true}, {"$2a$10$x", "x", false, true},
		{"$argon2id$v=18$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "x", false, true},
		{noAccountHash, "x", false, false},
	} {
		ok, err := checkPassword(c.hash, c.password)
		if ok != c.ok || (err != nil) != c.bad {
			t.Errorf("%.30q %q: %v, %v", c.hash, c.password, ok, err)
		}
	}
}

func FuzzCheckPassword(f *testing.F) {
	f.Add("$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "x")
	f.Fuzz(func(t *testing.T, hash, password string) {
		if strings.Contains(hash, "m=") && !strings.Contains(hash, "m=8,t=1,p=1$") {
			t.Skip("costs too much to try")
		}
		if ok, _ := checkPassword(hash, password); ok && password == "" {
			t.Errorf("%q lets the empty password in", hash)
		}
	})
}

func TestThrottleKeys(t *testing.T) {
	for in, want := range map[string]string{
		"192.0.2.7:1234": "client 192.0.2.7", "[::ffff:192.0.2.7]:1": "client 192.0.2.7", "[2001:db8:1:2:3::4]:99": "client 2001:db8:1:2::/64", "odd": "client odd",
	} {
		if got := clientKey(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
	now := time.Now()
	th := newThrottle(func() time.Time { return now })
	for i := range maxThrottled + 10 {
		th.wait(fmt.Sprintf("account %d", i), fmt.Sprintf("client %d", i))
	}
	if len(th.fails) > maxThrottled {
		t.Errorf("%d entries", len(th.fails))
	}
	// What is over counts no longer, whether it was pruned or not.
	for range triesPerAccount {
		th.wait("account x", "client x")
	}
	if th.wait("account x", "client y") == 0 {
		t.Error("nobody has to wait after too many tries")
	}
	now = now.Add(throttleWindow)
	th.pruned = now
	if th.wait("account x", "client y") != 0 {
		t.Error("somebody has to wait after the window")
	}
}

func TestFilter(t *testing.T) {
	r := testReader(t, langEN)
	v, err := url.ParseQuery("q=hanako@example.co.jp&state=waiting&rule=cards&since=2026-11-01&till=2026-11-30&junk=1&cursor=abc")
	if err != nil {
		t.Fatal(err)
	}
	f := readFilter(v)
	q, err := f.query(r)
	if err != nil || q.Sender.String() != "hanako@example.co.jp" || q.State != quarantine.Waiting || q.Cursor != "abc" || q.Kind != quarantine.KindMail ||
		!q.Since.Equal(time.Date(2026, 10, 31, 15, 0, 0, 0, time.UTC)) || !q.Till.Equal(time.Date(2026, 11, 30, 15, 0, 0, 0, time.UTC)) {
		t.Errorf("%+v, %v", q, err)
	}
	if got := f.encode(); got != "q=hanako%40example.co.jp&rule=cards&since=2026-11-01&state=waiting&till=2026-11-30" {
		t.Error(got)
	}
	for text, want := range map[string]quarantine.Query{
		"01m7p2nxk8": {ID: "01m7p2nxk8"}, "report": {Subject: "report"}, "20261118": {ID: "20261118"}, "会員名簿": {Subject: "会員名簿"}, "a@b@": {Subject: "a@b@"},
	} {
		q := quarantine.Query{}
		_ = filter{Q: text}.text(&q)
		if q.ID != want.ID || q.Subject != want.Subject {
			t.Errorf("%q: %+v", text, q)
		}
	}
}

func TestTryEnvelope(t *testing.T) {
	now := time.Date(2026, 11, 18, 1, 0, 0, 0, time.UTC)
	raw := []byte("From: =?utf-8?b?5L2Q6Jek?= <a@example.co.jp>\r\nTo: b@x.example\r\nCc: C <c@y.example>\r\n\r\nx")
	for _, c := range []struct {
		raw      []byte
		from, to string
		want     string
	}{
		{raw, "", "", "a@example.co.jp > b@x.example c@y.example"}, {raw, "z@example.co.jp", "q@q.example、 r@r.example", "z@example.co.jp > q@q.example r@r.example"},
		{nil, "", "", ""}, {[]byte("no header"), "a@b.example", "", ""}, {raw, "not an address", "", ""}, {raw, "", "x@@", ""},
	} {
		env, err := tryEnvelope(c.raw, c.from, c.to, now)
		got := ""
		if err == nil {
			got = env.Sender.String() + " >"
			for _, a := range env.Addresses() {
				got += " " + a.String()
			}
		}
		if got != c.want {
			t.Errorf("%q %q: %q, want %q (%v)", c.from, c.to, got, c.want, err)
		}
	}
}

func FuzzTryEnvelope(f *testing.F) {
	f.Add([]byte("From: a@b.example\r\nTo: c@d.example\r\n\r\n"), "", "")
	f.Add([]byte("\x00"), "x@y.example", "a,b;c")
	f.Fuzz(func(t *testing.T, raw []byte, from, to string) {
		env, err := tryEnvelope(raw, from, to, time.Unix(0, 0))
		if err == nil && (env.Sender.IsNull() || len(env.Recipients) == 0) {
			t.Errorf("%+v", env)
		}
	})
}

func TestCharts(t *testing.T) {
	for n, want := range map[int]int{0: 2, 1: 2, 2: 2, 3: 4, 5: 6, 7: 10, 11: 20, 50: 60, 60: 60, 61: 100, 999: 1000} {
		if got := niceUpper(n); got != want {
			t.Errorf("%d: %d, want %d", n, got, want)
		}
	}
	c := columns("t", []string{"a", "b"}, []int{0, 6})
	if c.Empty || c.Bars[1].H != 140 || c.Lines[1].Value != 3 || c.Bars[0].H != 0 {
		t.Errorf("%+v", c)
	}
	if c := bars("t", []countRow{{"a", 0}}); !c.Empty {
		t.Error("a chart of nothing")
	}
	if got := median([]int{9, 1, 5}); got != 5 {
		t.Error(got)
	}
}

// The sentence and the cards of a hold, without a store.
func TestHoldView(t *testing.T) {
	r := testReader(t, langJA)
	sender := email.MustAddress("a@example.co.jp")
	h := &quarantine.Hold{ID: email.NewID(r.now), Kind: quarantine.KindMail, Created: r.now, Deadline: r.now.Add(time.Hour), Sender: sender, Subject: "", Version: 3}
	h.Facts = policy.Message{Header: policy.Header{From: []policy.Mailbox{{Name: "佐藤花子", Address: sender}}}, People: policy.People{Low: 20, High: 23, Unencrypted: 3}, Duty: []policy.Duty{policy.DutyMyNumber}}
	c := &quarantine.Copy{Number: 1}
	for i := range 3 {
		to := email.MustAddress(fmt.Sprintf("x%d@gmai.com", i))
		h.Facts.Recipients = append(h.Facts.Recipients, policy.Recipient{Address: to, External: i > 0, LookalikeOf: "gmail.com", FirstContact: true})
		c.Deliveries = append(c.Deliveries, &quarantine.Delivery{ID: email.NewID(r.now), Recipient: email.Recipient{Address: to}, State: quarantine.Waiting})
	}
	h.Copies = []*quarantine.Copy{c}
	h.Facts.Parts = []policy.Part{{Path: "1", Name: "名簿.csv", Attachment: true, Type: "text/csv", Size: 1200}, {Path: "2", Name: "a.zip", Attachment: true, Encrypted: policy.Encrypted, Problem: policy.Unreadable}}
	find := func(typ, part, where, raw, column string) policy.Finding {
		return policy.Finding{Type: typ, Count: 1, Masked: policy.Mask(raw), Place: policy.Place{Part: part, Where: where}, Reason: policy.Text{JA: "列名が「" + column + "」", EN: "column headed " + column}}
	}
	for i := 2; i < 7; i++ {
		h.Facts.Findings = append(h.Facts.Findings, find("person_name", "1", fmt.Sprintf("名簿.csv / row %d", i), "田中 太郎", "氏名"), find("phone", "1", fmt.Sprintf("名簿.csv / row %d", i), "090-1234-5678", "電話"))
	}
	h.Verdict = policy.Verdict{Fired: []policy.Fired{
		{Name: "watch", Monitor: true, Action: policy.Hold, Reasons: []policy.Text{{JA: "監視", EN: "watched"}}},
		{Name: "people", Title: policy.Text{JA: "名簿", EN: "list"}, Action: policy.Hold, Reasons: []policy.Text{{JA: "23人分です。", EN: "23 people."}}, Findings: []int{0, 1}},
	}}
	v := r.holdView(h, nobody)
	if v.Sentence != "佐藤花子 → 社外2名：23人分です。" || v.OutsideCount != 2 || v.InsideCount != 1 || v.NewCount != 2 || v.Waiting != 2 || !v.Urgent || v.Subject != "(件名なし)" {
		t.Errorf("%+v", v)
	}
	if len(v.Cards) != 2 || v.Cards[0].Rule != "people" || !v.Cards[1].Monitor {
		t.Fatalf("%+v", v.Cards)
	}
	p := v.Cards[0].Places[0]
	if len(p.Columns) != 2 || p.Columns[0].Heading != "氏名" || p.Columns[0].Count != 5 || len(p.Rows) != 3 || p.Rows[0].Where != "2行目" || strings.Contains(p.Rows[0].Cells[1], "5678") || p.More != 4 {
		t.Errorf("%+v", p)
	}
	if len(v.Files) != 2 || len(v.Files[1].Flags) != 2 || !v.Files[0].Direct {
		t.Errorf("%+v", v.Files)
	}
	if len(v.Outside) != 1 || v.Outside[0].Flags[0].Text != "gmail.comの打ち間違い?" || !v.Outside[0].Flags[0].Warn {
		t.Errorf("%+v", v.Outside)
	}
	// Held for a file that could not be read: what was found elsewhere is no evidence of it.
	h.Verdict = policy.Verdict{Fired: []policy.Fired{{Name: "not-inspected", Action: policy.Hold}}}
	if v := r.holdView(h, nobody); len(v.Cards) != 1 || len(v.Cards[0].Places) != 0 || len(v.Cards[0].Duty) != 0 {
		t.Errorf("%+v", v.Cards)
	}
	look := &visit{hold: h, words: r}
	if got := look.firstPlace(nil); got != "a.zip" {
		t.Errorf("what could not be read stands in %q", got)
	}
	h.Verdict.Fired[0].Recipients = true
	if got := look.firstPlace(nil); got != "" {
		t.Errorf("a question about recipients has no place, told %q", got)
	}
	h.Sender, h.Facts.Header.From = email.Address{}, nil
	if v := r.holdView(h, nobody); v.Sender.Address != "<>" || v.Sender.Name != "自動通知(差出人なし)" {
		t.Errorf("%+v", v.Sender)
	}
}

// Templates are compiled when their page is asked for: one that does not compile
// would be found by a person.
func TestEveryTemplateCompiles(t *testing.T) {
	t.Parallel()
	load := func(words func() (*catalog, error), pages func(*catalog) (*pages, error)) *pages {
		tr, err := words()
		if err != nil {
			t.Fatal(err)
		}
		p, err := pages(tr)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	for _, p := range []*pages{load(loadCatalog, loadPages), load(decisionCatalog, decisionTemplates)} {
		for _, lang := range languages() {
			if len(p.sets[lang]) < 5 {
				t.Errorf("%s: only %d templates", lang, len(p.sets[lang]))
			}
			for name := range p.sets[lang] {
				if page, err := p.find(lang, name); err != nil || page.Lookup("layout") == nil {
					t.Errorf("%s: template %s has no layout or does not compile: %v", lang, name, err)
				}
			}
		}
	}
	if _, err := load(loadCatalog, loadPages).find(langJA, "no_such"); err == nil {
		t.Error("a template that is not there was found")
	}
}
