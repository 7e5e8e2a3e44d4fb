package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// call runs the program in process.
func call(args ...string) (out, errOut string, status int) {
	var o, e bytes.Buffer
	status = run(args, strings.NewReader(""), &o, &e)
	return o.String(), e.String(), status
}

func TestBadCallsSayWhatToDo(t *testing.T) {
	dir := t.TempDir()
	bad := filepath.Join(dir, "bad.yaml")
	if err := os.WriteFile(bad, []byte("organization: {domains: [example.co.jp]}\nlisten: 25\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		args   string
		status int
		want   string
	}{
		{"bogus", 2, "sekisho --help"},
		{"scan", 2, "sekisho scan PATH"},
		{"scan /nonexistent/file", 2, "no such file"},
		{"check", 2, "sekisho check MAIL"},
		{"check /nonexistent/file", 2, "no such file"},
		{"explain xyz", 2, "26 letters and digits"},
		{"queue approve", 2, "sekisho queue approve ID"},
		{"queue list --state sleeping", 2, "the states are waiting"},
		{"queue list --config " + bad, 2, "bad.yaml:2"},
		{"config check --config " + bad, 1, "bad.yaml:2"},
		{"serve --config /nonexistent.yaml", 2, "/nonexistent.yaml"},
		{"history import", 2, "sekisho history import FILE"},
		{"history score /nonexistent", 2, "no such file"},
		{"serve --foo", 2, "serve --help"},
		{"queue aprove 01m81k23fae2h8kcp303f3xnr8", 2, `unknown command "aprove"`},
		{"rules --config " + bad + " check", 2, "sekisho rules --help"},
		{"queue list --config " + empty(t), 1, "sekisho serve"},
		{"bypass --config " + empty(t), 2, "say for how long"},
		{"bypass --for 30m --reason flood --config " + empty(t), 1, "sekisho serve"},
		{"audit verify --config " + empty(t), 1, "sekisho serve"},
	} {
		out, errOut, status := call(strings.Fields(tc.args)...)
		if status != tc.status || !strings.Contains(out+errOut, tc.want) {
			t.Errorf("sekisho %s: status %d, %q; want %d and %q", tc.args, status, out+errOut, tc.status, tc.want)
		}
	}
}

// empty is the configuration of a site that was never started.
func empty(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "sekisho.yaml")
	if err := os.WriteFile(file, []byte("organization: {domains: [example.co.jp]}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestGeneratedPagesAreCurrent compares the committed pages with the code.
func TestGeneratedPagesAreCurrent(t *testing.T) {
	for name, want := range generatedPages() {
		path := filepath.Join("../../docs", name)
		if strings.HasSuffix(name, ".yaml") {
			path = filepath.Join("../../packaging", name)
		}
		got, err := os.ReadFile(path)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not current (%v): run `make docs`", path, err)
		}
	}
}

func TestScanContract(t *testing.T) {
	p := newProgram(t, "127.0.0.1:1", "")
	folder := filepath.Join(p.dir, "in")
	if err := os.MkdirAll(filepath.Join(folder, "deep"), 0o755); err != nil {
		t.Fatal(err)
	}
	text := "氏名: 高橋 美咲\nマイナンバー: 4821 5093 7161\n"
	for name, content := range map[string]string{"a.txt": text, "deep/b.csv": "氏名,電話番号\n高橋 美咲,090-1234-5678\n田中 一郎,090-2345-6789\n"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, status := p.run("scan", "--json", folder)
	if status != 0 {
		t.Fatalf("scan exits %d: %s", status, out)
	}
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if len(lines) != 2 {
		t.Fatalf("%d lines for two files: %s", len(lines), out)
	}
	var got scanLine
	if err := json.Unmarshal([]byte(lines[0]), &got); err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(got.File, "a.txt") || len(got.Parts) != 1 || got.People != 1 {
		t.Errorf("scan says %s", lines[0])
	}
	found := false
	for _, f := range got.Findings {
		if f.Type != "my_number" {
			continue
		}
		found = true
		if value := string([]rune(text)[f.Start:f.End]); value != "4821 5093 7161" {
			t.Errorf("the My Number is %q by its offsets", value)
		}
		if strings.Contains(f.Masked, "7161") {
			t.Errorf("the sample %q is not masked", f.Masked)
		}
	}
	if !found {
		t.Errorf("no My Number in %s", lines[0])
	}
	if _, status := p.run("scan", folder, "/nonexistent"); status != 2 {
		t.Errorf("an input that cannot be opened exits %d, want 2", status)
	}
}

// TestHistoryImport: what was imported is known to the verdict at once.
func TestHistoryImport(t *testing.T) {
	p := newProgram(t, "127.0.0.1:1", "")
	mail := filepath.Join(p.dir, "mail.eml")
	s := scenario{t: t, dir: "testdata/scenarios/mails"}
	if err := os.WriteFile(mail, s.file("csv-2231.eml"), 0o600); err != nil {
		t.Fatal(err)
	}
	firstContact := func(to string) bool {
		out, status := p.run("check", "--json", "--from", "hanako.sato@example.co.jp", "--to", to, mail)
		if status != 0 {
			t.Fatalf("check exits %d: %s", status, out)
		}
		return strings.Contains(out, "first-contact")
	}
	if firstContact("tanaka@partner.example") {
		t.Error("with an empty history everybody is new")
	}
	jsonl := filepath.Join(p.dir, "sent.jsonl")
	lines := `{"id":"<1@example.co.jp>","date":"2026-11-01T10:00:00+09:00","from":"hanako.sato@example.co.jp","to":["tanaka@partner.example"],"subject":"x"}
{"id":"<2@example.co.jp>","date":"2026-11-02T10:00:00+09:00","from":"hanako.sato@example.co.jp","to":["tanaka@partner.example"],"cc":["ito@partner.example"],"subject":"y"}
`
	if err := os.WriteFile(jsonl, []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, status := p.run("history", "import", jsonl); status != 0 || !strings.Contains(out, "2 mails learned") {
		t.Fatalf("import exits %d: %s", status, out)
	}
	if firstContact("tanaka@partner.example") {
		t.Error("somebody who was written to is new")
	}
	if !firstContact("stranger@elsewhere.example") {
		t.Error("a stranger with a file is not reported")
	}
	bad := filepath.Join(p.dir, "bad.jsonl")
	if err := os.WriteFile(bad, []byte(lines+"{\"date\": 5\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, status := p.run("history", "import", bad); status != 1 || !strings.Contains(out, "3") {
		t.Errorf("a bad line exits %d: %s", status, out)
	}
}

// TestAuditFindsTampering changes the record on disk.
func TestAuditFindsTampering(t *testing.T) {
	h := startHop(t)
	p := newProgram(t, h.addr, "")
	p.start()
	s := &scenario{t: t, dir: "testdata/scenarios/mails", prog: p, hop: h}
	for range 3 {
		s.mail("plain-ja.eml hanako.sato@example.co.jp tanaka@partner.example")
	}
	p.stop()
	if out, status := p.run("audit", "verify"); status != 0 {
		t.Fatalf("a whole record exits %d: %s", status, out)
	}
	files, err := filepath.Glob(filepath.Join(p.dir, "data", "journal", "*.jsonl"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no journal: %v", err)
	}
	b, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	changed := bytes.Replace(b, []byte("hanako.sato"), []byte("taro.suzuki"), 1)
	if bytes.Equal(b, changed) {
		t.Fatal("nothing to change in the journal")
	}
	if err := os.WriteFile(files[0], changed, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, status := p.run("audit", "verify"); status != 1 || !strings.Contains(out, "line") {
		t.Errorf("a changed record exits %d: %s", status, out)
	}
}

// TestNoPersonalDataInLogsAndMetrics sends marked mails and looks for the marks.
func TestNoPersonalDataInLogsAndMetrics(t *testing.T) {
	h := startHop(t)
	p := newProgram(t, h.addr, "")
	p.start()
	s := &scenario{t: t, dir: "testdata/scenarios/mails", prog: p, hop: h}
	for _, m := range []string{
		"my-number.eml hanako.sato@example.co.jp info@tax-office.example",
		"csv-2231.eml hanako.sato@example.co.jp tanaka@partner.example",
		"plain-ja.eml hanako.sato@example.co.jp tanaka@partner.example",
		"broken-zip.eml hanako.sato@example.co.jp tanaka@partner.example",
	} {
		s.mail(m)
	}
	s.get("/metrics")
	p.stop()
	for where, text := range map[string]string{"log": p.log(), "metrics": s.out} {
		for _, mark := range []string{"4821", "hanako", "tanaka", "高橋", "山田", "会員名簿", "member001", "090-1000"} {
			if strings.Contains(text, mark) {
				t.Errorf("%s tells %q", where, mark)
			}
		}
	}
	// At rest: the body's words are nowhere in the data folder in the clear.
	err := filepath.WalkDir(filepath.Join(p.dir, "data"), func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, mark := range []string{"4821 5093", "482150937161", "高橋 美咲", "member001@mail.example"} {
			if bytes.Contains(b, []byte(mark)) {
				t.Errorf("%s holds %q in the clear", path, mark)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
