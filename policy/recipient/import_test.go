package recipient

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/policy/email"
)

func compress(t *testing.T, s string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(s)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

const jsonlGood = `{"id":"<1@x>","date":"2026-04-06T09:00:00+09:00","from":"a@example.co.jp","to":["x@p.example"],"cc":["y@p.example"],"bcc":["z@p.example"],"subject":"見積"}
{"id":"<2@x>","date":"2026-04-07T09:00:00","from":"a@example.co.jp","to":["x@p.example"],"unknown":1}
`

const mailGood = "From: =?iso-2022-jp?B?GyRCOzNFRBsoQg==?= <a@example.co.jp>\r\nTo: \"x, y\" <x@p.example>,\r\n y@p.example\r\nCc: z@p.example\r\n" +
	"Date: Mon, 6 Apr 2026 09:00:00 +0900\r\nMessage-ID: <1@x>\r\nIn-Reply-To: <0@x>\r\nReferences: <00@x>\r\n <0@x>\r\n\r\nTo: not@header.example\r\n"

func TestImportReadsEveryForm(t *testing.T) {
	mbox := "From a@example.co.jp Mon Apr  6 09:00:00 2026\n" + strings.ReplaceAll(mailGood, "\r\n", "\n") + "\n>From here\nFrom the start of a line in a body is a new mail\n\nFrom b\n" + mailGood
	for _, c := range []struct {
		name, content string
		want          Imported
		contacts      int // of a@example.co.jp
	}{
		{"jsonl", jsonlGood, Imported{Mails: 2}, 3},
		{"jsonl with mark, CRLF and blank lines", "\ufeff" + strings.ReplaceAll(jsonlGood, "\n", "\r\n\r\n"), Imported{Mails: 2}, 3},
		{"jsonl without last line end", strings.TrimSpace(jsonlGood), Imported{Mails: 2}, 3},
		{"jsonl.gz", compress(t, jsonlGood), Imported{Mails: 2}, 3},
		{"eml", mailGood, Imported{Mails: 1}, 3},
		{"eml.gz", compress(t, mailGood), Imported{Mails: 1}, 3},
		{"eml without body", strings.SplitAfter(mailGood, "<0@x>\r\n\r\n")[0], Imported{Mails: 1}, 3},
		{"mbox", mbox, Imported{Mails: 2, Skipped: 0}, 3},
		{"mbox.gz", compress(t, mbox), Imported{Mails: 2}, 3},
		{"draft", "Subject: x\r\n\r\n", Imported{Skipped: 1}, 0},
		{"no mail at all", "\x00\x01\x02 garbage", Imported{Skipped: 1}, 0},
		{"jsonl without recipient", `{"date":"2026-04-06","from":"a@example.co.jp","to":[]}`, Imported{Skipped: 1}, 0},
		{"empty", "", Imported{}, 0},
	} {
		h := NewHistory()
		calls := 0
		imp := Importer{History: h, Organization: organization(t, false), Progress: func(int64) { calls++ }}
		path := filepath.Join(t.TempDir(), "mails")
		if err := os.WriteFile(path, []byte(c.content), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := imp.Path(path)
		if err != nil || got != c.want || calls != c.want.Mails {
			t.Errorf("%s: %+v, %v, %d calls", c.name, got, err, calls)
		}
		contacts := 0
		if me := h.state.senderOf(email.MustAddress("a@example.co.jp")); me != nil {
			contacts = len(me.contacts)
		}
		if contacts != c.contacts {
			t.Errorf("%s: %d contacts", c.name, contacts)
		}
	}
}

func TestImportTellsDirections(t *testing.T) {
	h := NewHistory()
	imp := Importer{History: h, Organization: organization(t, false)}
	if _, err := imp.Read(strings.NewReader(`{"id":"1","date":"2026-04-06","from":"x@p.example","to":["a@example.co.jp"]}`)); err != nil {
		t.Fatal(err)
	}
	got, err := h.Domain("p.example")
	if err != nil || got != (Traffic{Heard: 1}) {
		t.Errorf("traffic %+v, %v", got, err)
	}
}

func TestImportNamesBadLines(t *testing.T) {
	good := `{"date":"2026-04-06","from":"a@example.co.jp","to":["x@p.example"]}`
	secret := "secret.person@p.example"
	for _, c := range []struct{ name, line, want string }{
		{"not JSON", `{"date":`, "line 2: not JSON at octet"},
		{"half a line", good[:30], "line 2: not JSON"},
		{"two on one line", good + good, "line 2: not JSON"},
		{"an array", `["` + secret + `"]`, "line 2: not a JSON object"},
		{"to is a string", `{"date":"2026-04-06","from":"a@example.co.jp","to":"` + secret + `"}`, `line 2: field "to" has the wrong type`},
		{"no date", `{"from":"a@example.co.jp","to":["` + secret + `"]}`, `line 2: field "date"`},
		{"strange date", `{"date":"6.4.2026","from":"a@example.co.jp","to":["` + secret + `"]}`, `line 2: field "date"`},
		{"bad from", `{"date":"2026-04-06","from":"` + secret + `@@","to":["x@p.example"]}`, `line 2: field "from"`},
		{"bad second recipient", `{"date":"2026-04-06","from":"a@example.co.jp","to":["x@p.example","secret person"]}`, `line 2: field "to", entry 2`},
		{"bad bcc", `{"date":"2026-04-06","from":"a@example.co.jp","to":["new@p.example"],"bcc":["secret person"]}`, `line 2: field "bcc", entry 1`},
	} {
		h := NewHistory()
		imp := Importer{History: h}
		got, err := imp.Read(strings.NewReader(good + "\n" + c.line + "\n" + good + "\n"))
		var bad *BadLines
		if !errors.As(err, &bad) || bad.Count != 1 || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got != (Imported{Mails: 2, Bad: 1}) {
			t.Errorf("%s: %+v", c.name, got)
		}
		if strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: the error shows the value: %v", c.name, err)
		}
		// Never half a line: nobody of the bad line was learned.
		if n := len(h.state.addresses); n != 2 {
			t.Errorf("%s: %d addresses known", c.name, n)
		}
	}
	var many strings.Builder
	for range 50 {
		many.WriteString("{\n")
	}
	_, err := (&Importer{History: NewHistory()}).Read(strings.NewReader(many.String()))
	if err == nil || !strings.Contains(err.Error(), "line 20:") || strings.Contains(err.Error(), "line 21:") || !strings.Contains(err.Error(), "30 more") {
		t.Errorf("fifty bad lines: %v", err)
	}
}

func TestImportFailures(t *testing.T) {
	long := `{"id":"` + strings.Repeat("x", importLine) + `"}`
	whole := compress(t, jsonlGood)
	for _, c := range []struct{ name, content, want string }{
		{"a line without end", jsonlGood + long, "line 3: read: "},
		{"a cut gzip", whole[:len(whole)-12], ""},
		{"no gzip behind the mark", "\x1f\x8b\x00", "open gzip"},
		{"a header without end", "X: " + strings.Repeat("x", importHeader+1), "larger than 256 KiB"},
	} {
		_, err := (&Importer{History: NewHistory()}).Read(strings.NewReader(c.content))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if _, err := (&Importer{History: NewHistory()}).Path(filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
	closed := NewHistory()
	_ = closed.Close()
	if _, err := (&Importer{History: closed}).Read(strings.NewReader(jsonlGood)); !errors.Is(err, ErrHistoryClosed) {
		t.Errorf("a closed history: %v", err)
	}
}

func TestImportWalksFolders(t *testing.T) {
	dir := t.TempDir() // a Maildir
	for _, d := range []string{"cur", "new", "tmp"} {
		if err := os.Mkdir(filepath.Join(dir, d), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for n, name := range []string{"cur/1:2,S", "cur/2:2,", "new/3"} {
		body := strings.Replace(mailGood, "<1@x>", fmt.Sprintf("<%d@x>", n), 1)
		if err := os.WriteFile(filepath.Join(dir, name), []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "bad.jsonl"), []byte("{\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := (&Importer{History: NewHistory()}).Path(dir)
	var bad *BadLines
	if got != (Imported{Mails: 3, Bad: 1}) || !errors.As(err, &bad) || !strings.Contains(err.Error(), "bad.jsonl") {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestParseHeader(t *testing.T) {
	m, err := ParseHeader([]byte(mailGood))
	if err != nil {
		t.Fatal(err)
	}
	if m.From.Key() != "a@example.co.jp" || len(m.To) != 2 || m.To[1].Key() != "y@p.example" || len(m.Cc) != 1 ||
		m.MessageID != "<1@x>" || len(m.References) != 3 || m.Date.UTC().Hour() != 0 {
		t.Errorf("%+v", m)
	}
	for _, bad := range []string{"", "From: a@b.example\r\n\r\n", "nothing", strings.Replace(mailGood, "Date:", "X-Date:", 1),
		strings.Replace(mailGood, "From:", "X-From:", 1)} {
		if _, err := ParseHeader([]byte(bad)); !errors.Is(err, ErrNotMail) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if _, err := ParseHeader(bytes.Repeat([]byte("X: y\r\n"), importHeader/4)); !errors.Is(err, ErrHeaderTooLarge) {
		t.Errorf("a huge header: %v", err)
	}
}

func TestScoreProtocol(t *testing.T) {
	var in strings.Builder
	for range 30 {
		in.WriteString(`{"op":"learn","date":"2026-04-06T09:00:00","from":"a@example.co.jp","to":["x.sato@p.example","b@p.example"],"text":""}` + "\n")
		in.WriteString(`{"op":"learn","date":"2026-04-06T10:00:00","from":"c@example.co.jp","to":["x.saito@q.example"],"text":""}` + "\n")
	}
	in.WriteString(`{"op":"score","case":7,"date":"2026-04-08T09:00:00","from":"a@example.co.jp","to":["X.Sato@p.example","b@p.example","x.saito@q.example"],"text":"dear sato"}` + "\n")
	in.WriteString(`{"op":"score","case":8,"date":"2026-04-08T09:00:00","from":"nobody@example.co.jp","to":[],"text":""}` + "\n")
	for _, own := range [][]string{nil, {"example.co.jp"}} {
		var out bytes.Buffer
		if err := Score(strings.NewReader(in.String()), &out, own); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(out.String()), "\n")
		if len(lines) != 2 {
			t.Fatalf("%d answers", len(lines))
		}
		var a scoreAnswer
		if err := json.Unmarshal([]byte(lines[0]), &a); err != nil {
			t.Fatal(err)
		}
		right, wrong := a.Risk["X.Sato@p.example"], a.Risk["x.saito@q.example"]
		if a.Case != 7 || len(a.Risk) != 3 || wrong <= 2*right || wrong <= 2*a.Risk["b@p.example"] || wrong > 1 || right < 0 {
			t.Errorf("answer %+v", a)
		}
		if a.Reason["x.saito@q.example"] == "" || strings.Contains(lines[0], "dear") {
			t.Errorf("reasons %+v", a.Reason)
		}
		if lines[1] != `{"case":8,"risk":{},"reason":{}}` {
			t.Errorf("no recipients: %s", lines[1])
		}
	}
	for bad, want := range map[string]string{
		`{"op":"learn"}`: "line 1: field \"date\"", `{"op":"x","date":"2026-04-06"}`: "line 1: field \"op\"", "{": "line 1: not JSON",
	} {
		if err := Score(strings.NewReader(bad), &bytes.Buffer{}, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

// A judged mail teaches nothing.
func TestScoreLearnsNothing(t *testing.T) {
	sc := newScorer(nil)
	sc.learn(scoreLine{From: "a@example.co.jp", To: []string{"x@p.example"}}, 1000)
	before := describe(&History{state: sc.state})
	sc.judge(scoreLine{From: "new@example.co.jp", To: []string{"x@p.example", "y@q.example"}}, 2000)
	if after := describe(&History{state: sc.state}); after != before {
		t.Errorf("before\n%s\nafter\n%s", before, after)
	}
}

func TestScoreLearnsOwnDomains(t *testing.T) {
	sc := newScorer(nil)
	for range 20 {
		sc.learn(scoreLine{From: "a@example.co.jp", To: []string{"x@p.example"}}, 1)
	}
	sc.learn(scoreLine{From: "x@p.example", To: []string{"a@example.co.jp"}}, 2)
	if !sc.ownDomain("example.co.jp") || sc.ownDomain("p.example") || sc.ownDomain("q.example") {
		t.Error("an outsider's mail makes his domain ours")
	}
	if given := newScorer([]string{"p.example"}); !given.ownDomain("p.example") || given.ownDomain("example.co.jp") {
		t.Error("the domains that were given do not count")
	}
}

func FuzzImport(f *testing.F) {
	f.Add([]byte(jsonlGood))
	f.Add([]byte(mailGood))
	f.Add([]byte("From x\n" + mailGood))
	f.Add([]byte(`{"date":"2026-04-06","from":"a@b.c","to":["` + strings.Repeat("x", 300) + `@p"]}`))
	f.Add([]byte("\x1f\x8b\x08\x00"))
	f.Fuzz(func(t *testing.T, in []byte) {
		h := NewHistory()
		got, err := (&Importer{History: h}).Read(bytes.NewReader(in))
		var bad *BadLines
		if err == nil && got.Bad > 0 || errors.As(err, &bad) && got.Bad != bad.Count {
			t.Errorf("%+v with %v", got, err)
		}
		if got.Mails == 0 && len(h.state.addresses) > 0 {
			t.Error("learned from no mail")
		}
	})
}

func FuzzLogAndSnapshot(f *testing.F) {
	e := entry{minute: 5, from: "a@b.c", to: []string{"x@y.z"}, id: 1, refs: []uint64{2, 3}}
	f.Add(e.encode(nil), []byte(magic))
	st := newState()
	st.apply(e)
	var b bytes.Buffer
	if err := st.encode(&b); err != nil {
		f.Fatal(err)
	}
	f.Add([]byte{}, b.Bytes())
	f.Fuzz(func(t *testing.T, record, snapshot []byte) {
		if e, ok := decodeEntry(record); ok {
			again, ok := decodeEntry(e.encode(nil))
			if !ok || again.from != e.from || len(again.to) != len(e.to) || len(again.refs) != len(e.refs) {
				t.Errorf("%+v came back as %+v", e, again)
			}
			st := newState()
			st.apply(e)
		}
		st := newState()
		if err := st.decode(bytes.NewReader(snapshot)); err != nil && !errors.Is(err, ErrHistoryDamaged) {
			t.Errorf("error %v", err)
		}
	})
}
