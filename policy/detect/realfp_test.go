package detect

import (
	"compress/gzip"
	"context"
	"github.com/sekisho-mail/sekisho/policy"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRealFP(t *testing.T) {
	d := New(Options{})
	n := 0
	bytes := 0
	kinds := map[string]int{}
	docs := 0
	for _, root := range strings.Split(os.Getenv("ROOTS"), ":") {
		filepath.WalkDir(root, func(p string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return nil
			}
			if n > 3000 {
				return filepath.SkipAll
			}
			fi, _ := e.Info()
			if fi == nil || fi.Size() > 300000 || !fi.Mode().IsRegular() {
				return nil
			}
			f, err := os.Open(p)
			if err != nil {
				return nil
			}
			defer f.Close()
			var r io.Reader = f
			if strings.HasSuffix(p, ".gz") {
				z, err := gzip.NewReader(f)
				if err != nil {
					return nil
				}
				r = z
			}
			b, _ := io.ReadAll(r)
			s := strings.ToValidUTF8(string(b), "?")
			if strings.Contains(s[:min(len(s), 1000)], "\x00") {
				return nil
			}
			n++
			bytes += len(s)
			res := d.Detect(context.Background(), []policy.Content{{Part: "1", Text: s}}, Context{})
			rs := []rune(s)
			hit := false
			for _, f := range res.Findings {
				if f.Type == "business_contact" {
					continue
				}
				if f.Type != "email" && f.Type != "person_name" {
					hit = true
				}
				kinds[f.Type]++
				if kinds[f.Type] <= 12 {
					a := max(0, f.Place.Start-30)
					z := min(len(rs), f.Place.End+10)
					t.Logf("%s %.2f %q %s | %s", f.Type, f.Confidence, string(rs[a:f.Place.Start])+"[["+string(rs[f.Place.Start:f.Place.End])+"]]"+string(rs[f.Place.End:z]), f.Reason.EN, p)
				}
			}
			if hit {
				docs++
			}
			return nil
		})
	}
	t.Logf("%d files %d bytes; docs with hits (not mail/name) %d; %v", n, bytes, docs, kinds)
}
