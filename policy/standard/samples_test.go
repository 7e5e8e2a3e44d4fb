package standard

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/sekisho-mail/sekisho/policy"
)

// sampleFolder is beside the checkout where there are samples.
const sampleFolder = "../../../shared/samples/"

// index reads an INDEX.tsv without its head line; it skips the test without one.
func index(t *testing.T, folder string) [][]string {
	t.Helper()
	if testing.Short() {
		t.Skip("skipped: short run")
	}
	b, err := os.ReadFile(filepath.Join(sampleFolder, folder, "INDEX.tsv"))
	if err != nil {
		t.Skipf("skipped: no samples in %s", folder)
	}
	var out [][]string
	for line := range strings.Lines(string(b)) {
		if f := strings.Split(strings.TrimRight(line, "\r\n"), "\t"); len(f) > 1 {
			out = append(out, f)
		}
	}
	return out[1:]
}

func newReader(t *testing.T) *Reader {
	t.Helper()
	r := NewReader(patientLimits())
	t.Cleanup(func() { _ = r.Close() })
	return r
}

func sample(t *testing.T, folder, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(sampleFolder, folder, name))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// dense is a text as detectors compare it: compatibility forms and no blanks.
func dense(s string) string {
	return strings.Join(strings.FieldsFunc(norm.NFKC.String(s), func(c rune) bool {
		return unicode.IsSpace(c) || unicode.Is(unicode.Cf, c) // nor what nobody sees
	}), "")
}

func problems(in []policy.Part) []string {
	var out []string
	for _, p := range in {
		if p.Problem != policy.NoProblem {
			out = append(out, p.Path+" "+string(p.Problem))
		}
	}
	return out
}

func encryption(in []policy.Part) policy.Encryption {
	for _, p := range in {
		if p.Encrypted != policy.NotEncrypted {
			return p.Encrypted
		}
	}
	return policy.NotEncrypted
}

// unreadHere are the samples that only a program besides the guard could read.
var unreadHere = map[string]bool{
	"jpg_photographed_text_plain.jpg": true, "png_text_image_plain.png": true, "tiff_fax_g4_plain.tif": true, "pdf_scanned_image_only.pdf": true,
}

func TestAttachmentSamples(t *testing.T) {
	rows := index(t, "attachments")
	r := newReader(t)
	right := 0
	for _, row := range rows {
		name, wantEncrypted, pii, note := row[0], row[2], row[3], strings.Join(row[4:], " ")
		job := Job{Name: name, Mail: strings.HasSuffix(name, ".eml")}
		taken := r.take(context.Background(), job, sample(t, "attachments", name))
		var all strings.Builder
		for _, c := range taken.contents {
			all.WriteString(dense(c.Text))
			all.WriteByte('\n')
		}
		missing := 0
		for _, s := range strings.Split(pii, " | ") {
			if !strings.Contains(all.String(), dense(s)) {
				missing++
			}
		}
		said := len(problems(taken.parts)) > 0
		encrypted := map[policy.Encryption]string{policy.Encrypted: "yes", policy.PartlyEncrypted: "partial", policy.NotEncrypted: "no"}[encryption(taken.parts)]
		readable := wantEncrypted == "no" && !strings.Contains(note, "hostile") && !unreadHere[name]
		ok := encrypted == wantEncrypted && (!readable || missing == 0) && (missing == 0 || said || encrypted != "no")
		if ok {
			right++
			continue
		}
		t.Errorf("%s: encrypted %s (want %s), %d strings missing, problems %v", name, encrypted, wantEncrypted, missing, problems(taken.parts))
	}
	t.Logf("%d of %d attachments right", right, len(rows))
}

func TestEvasionSamples(t *testing.T) {
	rows := index(t, "evasion")
	r := newReader(t)
	right := 0
	for _, row := range rows {
		in := r.Inspect(context.Background(), Job{Mail: true}, sample(t, "evasion", row[0]))
		found := in.People.High >= 30
		for _, f := range in.Findings {
			found = found || f.Type == "my_number"
		}
		unread := len(problems(in.Parts)) > 0 || encryption(in.Parts) != policy.NotEncrypted
		if found || row[2] != "detect" && unread {
			right++
			continue
		}
		t.Errorf("%s (%s): nothing found, people %+v, problems %v", row[0], row[1], in.People, problems(in.Parts))
	}
	t.Logf("%d of %d mails right", right, len(rows))
	for _, row := range index(t, "evasion/dos") {
		in := r.Inspect(context.Background(), Job{Mail: true}, sample(t, "evasion/dos", row[0]))
		if len(problems(in.Parts)) == 0 {
			t.Errorf("%s has no problem", row[0])
		}
	}
}
