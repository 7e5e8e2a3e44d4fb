package standard

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"log/slog"

	"github.com/sekisho-mail/sekisho/config"
	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/detect"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/policy/worker"
)

// ownFiles writes the files of a configuration with one of everything.
func ownFiles(t *testing.T) *config.Config {
	t.Helper()
	dir := t.TempDir()
	write := func(name string, fill func(io.Writer) error) string {
		path := filepath.Join(dir, name)
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if err := fill(f); err != nil {
			t.Fatal(err)
		}
		return path
	}
	text := func(s string) func(io.Writer) error {
		return func(w io.Writer) error { _, err := io.WriteString(w, s); return err }
	}
	var prints detect.Fingerprints
	if !prints.Add(confidentialPlan) {
		t.Fatal("the plan is too short")
	}
	return &config.Config{Organization: config.Organization{Domains: []string{"example.co.jp"}, TimeZone: "Asia/Tokyo"}, OwnData: config.OwnData{
		Words:    []config.OwnWords{{Name: "patents", TitleJA: "特許", File: write("words.txt", text("# list\nイリジウム薄膜\t2\n")), Threshold: 2}},
		Patterns: []config.OwnPattern{{Name: "drawing", Pattern: `ZK-\d{5}`, Confidence: 100}},
		Tables: []config.OwnTable{{Name: "customers", People: true, File: write("c.edm", func(w io.Writer) error {
			_, err := detect.BuildEDM(strings.NewReader("id,code\nKX-4711-22,AB-778812\nKX-4712-30,AB-778813\n"), w, nil)
			return err
		})}},
		Documents: []config.OwnDocuments{{Name: "plans", File: write("p.fp", prints.Write)}},
		CodeWords: []config.OwnCodeWord{{Word: "茜雲計画", Until: config.Date{Year: 2099, Month: 1, Day: 1}}},
	}}
}

const confidentialPlan = `The board looked at three ways to reorganise the group in the coming year. The first closes the northern plant and moves its lines to the west.
The second merges the three sales companies into one, with a single order desk in Matsumoto and one price list for all regions from April.
The third parts the research institute from the group and makes it a company of its own, of which a partner may take up to forty per cent.`

const ownMail = "Subject: x\r\n\r\nイリジウム薄膜 ZK-20417 茜雲計画 KX-4711-22 AB-778812\r\n" + confidentialPlan + "\r\n"

var ownTypes = []string{"code_word", "confidential_document", "exact_match", "keyword", "pattern"}

func typesOf(findings []policy.Finding) []string {
	var out []string
	for _, f := range findings {
		if slices.Contains(ownTypes, f.Type) {
			out = append(out, f.Type)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Guard and workers find the same, and a change of the files reaches both.
func TestOwnDataReachesReaderAndWorkers(t *testing.T) {
	cfg := ownFiles(t)
	h, err := OpenOwn(cfg, slog.New(slog.DiscardHandler), nil)
	if err != nil {
		t.Fatal(err)
	}
	r := NewReader(policy.DefaultLimits())
	if err := r.follow(h); err != nil {
		t.Fatal(err)
	}
	files, err := h.Current().Files()
	if err != nil {
		t.Fatal(err)
	}
	p := newPool(t, func(o *worker.Options) { o.Files = files })
	h.OnChange(p.UseOwn)
	check := func(when string, want []string, people int) {
		t.Helper()
		here := r.Inspect(context.Background(), Job{Mail: true}, []byte(ownMail))
		there, _, err := p.Inspect(t.Context(), Job{Mail: true}, email.BytesBody([]byte(ownMail)))
		if err != nil {
			t.Fatal(when, err)
		}
		if got := typesOf(here.Findings); !slices.Equal(got, want) {
			t.Errorf("%s: here %v, want %v", when, got, want)
		}
		if got := typesOf(there.Findings); !slices.Equal(got, want) || there.People.High != people {
			t.Errorf("%s: in a worker %v and %d people, want %v and %d", when, got, there.People.High, want, people)
		}
	}
	check("first", ownTypes, 1)
	for _, f := range r.Inspect(context.Background(), Job{Mail: true}, []byte(ownMail)).Findings {
		if f.Type == "keyword" && (f.Reason.JA != "「特許」に登録されている" || f.Reason.EN != "registered under patents") {
			t.Errorf("reason %+v", f.Reason)
		}
	}
	table := cfg.OwnData.Tables[0].File
	good, err := os.ReadFile(table)
	if err != nil {
		t.Fatal(err)
	}
	// A file that is being written harms nobody: the old data stays whole.
	if err := os.WriteFile(table, good[:20], 0o600); err != nil {
		t.Fatal(err)
	}
	h.reload(false)
	check("with a file cut short", ownTypes, 1)
	if err := os.WriteFile(table, good[:len("SEKISHO-EDM-1\n")+16], 0o600); err != nil { // a table without rows
		t.Fatal(err)
	}
	h.reload(false)
	check("with an empty table", []string{"code_word", "confidential_document", "keyword", "pattern"}, 0)
}

func TestOwnDataThatCannotBeUsed(t *testing.T) {
	cfg := ownFiles(t)
	bad := filepath.Join(t.TempDir(), "bad")
	if err := os.WriteFile(bad, []byte("\x93\xfa\x96{"), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg.OwnData.Words[0].File, cfg.OwnData.Patterns[0].Pattern = bad, `[a-z]+`
	cfg.OwnData.Tables[0].File, cfg.OwnData.Documents[0].File = bad, filepath.Join(filepath.Dir(bad), "absent")
	_, err := LoadOwnData(cfg)
	if err == nil {
		t.Fatal("bad data was taken")
	}
	for _, want := range []string{"own_data.words[0]: " + bad + ":1: is not UTF-8", "own_data.patterns[0]: pattern drawing: every match must hold",
		"own_data.tables[0]: " + bad + ": not a table of hashes; make it with `sekisho edm build`", "own_data.documents[0]: open own data"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is missing in\n%v", want, err)
		}
	}
	for list, want := range map[string]string{"a\n": "one character", "ab\tx\n": "not a weight", "# nothing\n": "no word"} {
		if err := os.WriteFile(bad, []byte(list), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := readWords(bad); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", list, err)
		}
	}
}

// What workers get they cannot change, whoever they are.
func TestOwnDataIsSealed(t *testing.T) {
	o, err := LoadOwnData(ownFiles(t))
	if err != nil {
		t.Fatal(err)
	}
	files, err := o.Files()
	if err != nil || len(files) != 3 {
		t.Fatal(len(files), err)
	}
	for _, f := range files {
		if _, err := f.WriteAt([]byte("x"), 0); err == nil {
			t.Error("a file could be written to")
		}
		if err := f.Truncate(0); err == nil {
			t.Error("a file could be cut short")
		}
	}
	if _, err := InheritedOwn(files[:2]); err == nil {
		t.Error("a missing file was not noticed")
	}
	own, err := InheritedOwn(files)
	if err != nil || len(own.Exact) != 1 || len(own.Documents) != 1 || len(own.Codes) != 1 || own.Codes[0].Until.Before(time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("%+v %v", own, err)
	}
}
