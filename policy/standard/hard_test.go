package standard

import (
	"archive/zip"
	"context"
	"io"
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
)

// hardFiles are files made to be read past: odd containers, hidden places, wrong
// names, old revisions. Their INDEX.tsv says of each what must become of the number
// that all of them hold: read, hidden (read and marked so), encrypted, problem
// (said to be unread), picture (read where there is OCR, else said to be unread).
func hardFiles(t testing.TB) (map[string][]byte, [][2]string) {
	t.Helper()
	zr, err := zip.OpenReader("testdata/hard.zip")
	if err != nil {
		t.Fatal(err)
	}
	defer zr.Close()
	files := map[string][]byte{}
	for _, f := range zr.File {
		src, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if files[f.Name], err = io.ReadAll(src); err != nil {
			t.Fatal(err)
		}
		_ = src.Close()
	}
	var index [][2]string
	for line := range strings.Lines(string(files["INDEX.tsv"])) {
		name, want, _ := strings.Cut(strings.TrimSpace(line), "\t")
		index = append(index, [2]string{name, want})
	}
	return files, index
}

func TestHardFiles(t *testing.T) {
	files, index := hardFiles(t)
	if len(index) < 250 {
		t.Fatalf("%d files", len(index))
	}
	r := newReader(t)
	for _, row := range index {
		name, want := row[0], row[1]
		if testing.Short() && (want == "picture" || strings.HasSuffix(name, ".pdf")) {
			continue
		}
		t.Run(name, func(t *testing.T) {
			res := r.take(context.Background(), Job{Mail: strings.HasSuffix(name, ".eml"), Name: name}, files[name])
			shown, hidden := occurrences(res, "571432178533")
			read, said := shown+hidden > 0, len(problems(res.parts)) > 0
			ok := false
			switch want {
			case "read":
				ok = read
			case "hidden":
				ok = hidden > 0 && shown == 0
			case "encrypted":
				ok = encryption(res.parts) != policy.NotEncrypted
			case "problem":
				ok = said
			case "picture":
				ok = read || said
			}
			if !ok {
				t.Errorf("want %s: shown %d, hidden %d, encrypted %q, problems %q", want, shown, hidden, encryption(res.parts), problems(res.parts))
			}
		})
	}
}

// occurrences counts where a number stands in the texts, blanks left out, and how
// often in hidden places.
func occurrences(res taken, number string) (shown, hidden int) {
	for _, c := range res.contents {
		part := policy.Part{}
		for _, p := range res.parts {
			if p.Path == c.Part && p.View == c.View {
				part = p
			}
		}
		var dense strings.Builder
		var at []int
		for i, r := range c.Text {
			if !strings.ContainsRune(" \t\r\n\u00ad\u200b\u200c", r) {
				if r >= '０' && r <= '９' {
					r = r - '０' + '0'
				}
				dense.WriteRune(r)
				for range len(string(r)) {
					at = append(at, i)
				}
			}
		}
		s := dense.String()
		for from := 0; ; {
			i := strings.Index(s[from:], number)
			if i < 0 {
				break
			}
			from += i
			in := part.Hidden
			for _, h := range c.Hidden {
				in = in || at[from] >= h.Start && at[from] < h.End
			}
			if in {
				hidden++
			} else {
				shown++
			}
			from++
		}
	}
	return shown, hidden
}
