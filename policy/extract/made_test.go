package extract

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
)

// made is one line of the index of files that real programs made (LibreOffice 7.4,
// 7-Zip, Info-ZIP, arj, lz4, OpenSSL), and seven that a script wrote: which of the numbers in it a reader sees, and
// which he does not.
type made struct {
	file, encrypted, password string
	seen, hidden              []string
}

func readMade(t *testing.T) []made {
	data, err := os.ReadFile(filepath.Join("testdata", "made", "INDEX.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	var out []made
	for _, line := range strings.Split(strings.TrimRight(string(data), "\n"), "\n")[1:] {
		f := strings.Split(line, "\t")
		out = append(out, made{f[0], f[1], f[2], strings.Fields(f[3]), strings.Fields(f[4])})
	}
	return out
}

// numbersIn are the last digits of the telephone numbers in a result, those that a
// reader sees and those that only stand in hidden text.
func numbersIn(res Result) (seen, hidden []string) {
	for _, c := range res.Contents {
		for rest, at := c.Text, 0; ; {
			i := strings.Index(rest, "080-00")
			if i < 0 || i+13 > len(rest) {
				break
			}
			at += i
			number := rest[i+9 : i+13]
			if strings.Trim(number, "0123456789") != "" { // a part of a formula
				rest, at = rest[i+6:], at+6
				continue
			}
			veiled := slices.ContainsFunc(res.Parts, func(p policy.Part) bool { return p.Path == c.Part && p.Hidden })
			for _, h := range c.Hidden {
				veiled = veiled || h.Start <= at && at < h.End
			}
			switch {
			case !veiled && !slices.Contains(seen, number):
				seen = append(seen, number)
			case veiled && !slices.Contains(hidden, number):
				hidden = append(hidden, number)
			}
			rest, at = rest[i+6:], at+6
		}
	}
	hidden = slices.DeleteFunc(hidden, func(n string) bool { return slices.Contains(seen, n) })
	slices.Sort(seen)
	slices.Sort(hidden)
	return seen, hidden
}

func TestFilesOfRealPrograms(t *testing.T) {
	for _, m := range readMade(t) {
		t.Run(m.file, func(t *testing.T) {
			data := testdata(t, filepath.Join("made", m.file))
			s := testExtractor().NewSession()
			if m.password != "" {
				locked := extractFile(t, File{Name: m.file, Data: data})
				if got := wholeEncryption(locked); got != m.encrypted {
					t.Errorf("encrypted %s, want %s", got, m.encrypted)
				}
				s.Passwords = []string{"wrong", m.password}
			}
			res := s.Extract(context.Background(), File{Path: "0", Name: m.file, Data: data})
			checkResult(t, res)
			if got := wholeEncryption(res); got != m.encrypted {
				t.Errorf("encrypted %s, want %s", got, m.encrypted)
			}
			seen, hidden := numbersIn(res)
			if !slices.Equal(seen, m.seen) || !slices.Equal(hidden, m.hidden) || problems(res) != "" {
				t.Errorf("seen %v, want %v\nhidden %v, want %v\nproblems %q", seen, m.seen, hidden, m.hidden, problems(res))
			}
		})
	}
}

func FuzzARJ(f *testing.F) { fuzzFormat(f, "arj", "made/m1.arj", "made/m4.arj", "made/garbled.arj") }
func FuzzDBF(f *testing.F) { fuzzFormat(f, "dbf", "made/a.dbf") }
func FuzzMetafile(f *testing.F) {
	fuzzFormat(f, "metafile", "made/rich.emf", "made/rich.wmf")
}
func FuzzWord(f *testing.F)  { fuzzFormat(f, "doc", "made/rich.doc") }
func FuzzVeils(f *testing.F) { fuzzFormat(f, "office", "made/rich.odp", "made/pp.pptx") }

func FuzzPGPPassword(f *testing.F) {
	f.Add(testdata(f, filepath.Join("made", "sym.gpg")))
	f.Add([]byte("\x05\x09\x02\x03\x08saltsalt\x10a nonce of OCB and a key that is sealed"))
	f.Add([]byte("\x04\x09\x03\x08saltsalt\x10key under the password"))
	f.Fuzz(func(_ *testing.T, data []byte) {
		if len(data) > 12 && data[12] > 0x80 {
			return // many rounds of hashing
		}
		if algorithm, key := pgpSessionKey(data, "himitsu1"); key != nil {
			block := pgpCipher(algorithm, key)
			_, _ = pgpIntegrity(block, data), pgpResync(block, data)
			_ = pgpChunks(data, key)
		}
	})
}
