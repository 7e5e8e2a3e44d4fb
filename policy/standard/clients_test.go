package standard

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
)

// clientMails are the mails of a folder below testdata/clients, each of which its
// INDEX.tsv names.
func clientMails(t *testing.T, folder string, least int) map[string][]byte {
	t.Helper()
	folder = filepath.Join("testdata/clients", folder)
	index, err := os.ReadFile(filepath.Join(folder, "INDEX.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]byte{}
	for line := range strings.Lines(string(index)) {
		name, _, _ := strings.Cut(line, "\t")
		if !strings.HasSuffix(name, ".eml") {
			continue
		}
		if out[name], err = os.ReadFile(filepath.Join(folder, name)); err != nil {
			t.Error(err)
		}
	}
	files, err := filepath.Glob(filepath.Join(folder, "*.eml"))
	if err != nil || len(files) != len(out) || len(out) < least {
		t.Errorf("%d mails, %d in the index: %v", len(files), len(out), err)
	}
	return out
}

// Mail whose content only some program shows is read or said to be unread.
func TestMailThatSomeProgramsShow(t *testing.T) {
	r := newReader(t)
	for name, raw := range clientMails(t, "some", 40) {
		t.Run(name, func(t *testing.T) {
			in := r.Inspect(context.Background(), Job{Mail: true}, raw)
			for _, f := range in.Findings {
				if f.Type == "my_number" {
					return
				}
			}
			if len(problems(in.Parts)) == 0 && encryption(in.Parts) == policy.NotEncrypted {
				t.Errorf("nothing is found and nothing is wrong in %+v", in.Parts)
			}
		})
	}
}

// Sloppy mail as real programs write it is read and is no problem.
func TestOrdinaryMailIsReadAndIsNoProblem(t *testing.T) {
	r := newReader(t)
	for name, raw := range clientMails(t, "all", 60) {
		t.Run(name, func(t *testing.T) {
			tk := r.take(context.Background(), Job{Mail: true}, raw)
			if p := problems(tk.parts); len(p) > 0 || encryption(tk.parts) != policy.NotEncrypted {
				t.Errorf("problems %q, encrypted %q", p, encryption(tk.parts))
			}
			if !strings.Contains(denseText(tk), dense("打ち合わせは来週の月曜日です")) {
				t.Errorf("its text is not read: %+v", tk.contents)
			}
		})
	}
}

// What relays, scripts and lists do to a mail besides is no problem either.
func TestOrdinaryMailIsNoProblemBehindSloppyRelays(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped: short run")
	}
	r := newReader(t)
	in := func(text string) func(string) string {
		return func(m string) string { return strings.Replace(m, "\r\n", "\r\n"+text+"\r\n", 1) }
	}
	relays := map[string]func(string) string{
		"LF":                    func(m string) string { return strings.ReplaceAll(m, "\r\n", "\n") },
		"a line of an mbox":     func(m string) string { return "From a@example.com Thu Jan  1 00:00:00 2026\r\n" + m },
		"blank lines behind":    func(m string) string { return m + "\r\n\r\n \r\n" },
		"a footer behind":       func(m string) string { return m + "\r\n_______________\r\nML mailing list\r\nML@example.com\r\n" },
		"no last line end":      func(m string) string { return strings.TrimRight(m, "\r\n") },
		"raw Shift_JIS":         in("X-Organization: \x8a\x94\x8e\xae\x89\xef\x8e\xd0"),
		"raw UTF-8":             in("X-Organization: 株式会社"),
		"a line without a name": in("this line was folded by hand"),
		"a long field":          in("X-Spam-Report: " + strings.Repeat("0.5 RULE_OF_SOME_KIND ", 60)),
		"an empty field":        in("X-Empty:"),
		"a field folded oddly":  in("X-Scanned: by\r\n \tthe gateway\r\n (clean)"),
		"fields in other case":  func(m string) string { return strings.ReplaceAll(m, "Content-T", "CONTENT-T") },
		"blanks at line ends":   func(m string) string { return strings.ReplaceAll(m, ";\r\n", "; \r\n") },
		"no line ends in parts": func(m string) string { return strings.ReplaceAll(m, "; boundary", ";boundary") },
		"encoded words in X":    in("X-Sender-Name: =?iso-2022-jp?B?GyRCOzNFRBsoQg==?= =?utf-8?Q?=E5=A4=AA=E9=83=8E?="),
	}
	for name, raw := range clientMails(t, "all", 60) {
		for relay, change := range relays {
			if name == "base64-one-line.eml" && relay == "a footer behind" {
				continue // without padding nobody knows where the text ends
			}
			tk := r.take(context.Background(), Job{Mail: true}, []byte(change(string(raw))))
			if p := problems(tk.parts); len(p) > 0 {
				t.Errorf("%s, %s: problems %q", name, relay, p)
			}
		}
	}
}
