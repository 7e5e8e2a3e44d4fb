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
