package extract

import (
	"bytes"
	"context"
	"encoding/binary"
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
)

func TestSevenZipPasswords(t *testing.T) {
	for _, name := range []string{"7z_aes_names_visible.7z", "7z_aes_header_encrypted.7z"} {
		for password, want := range map[string]int{"himitsu1": 2, "himitsu2": 0} {
			s := testExtractor().NewSession()
			s.Passwords = []string{"other", password}
			res := s.Extract(context.Background(), File{Path: "0", Name: name, Data: seed(t, name)})
			checkResult(t, res)
			if n := hits(res, []string{"想定 美咲", "571432178533"}); n != want || res.Parts[0].Encrypted != policy.Encrypted && want == 0 {
				t.Errorf("%s with %s: %d hits, %+v", name, password, n, res.Parts)
			}
			for _, c := range res.Contents {
				if strings.Contains(c.Text, "571432178533") && !c.Encrypted {
					t.Errorf("%s: the text does not say that it was encrypted", name)
				}
			}
		}
	}
}

func TestODFPasswords(t *testing.T) {
	for name, want := range map[string]string{"odt_password.odt": "571432178533", "ods_password.ods": "088982673822"} {
		for password, n := range map[string]int{"himitsu1": 1, "himitsu2": 0} {
			s := testExtractor().NewSession()
			s.Passwords = []string{password}
			res := s.Extract(context.Background(), File{Path: "0", Name: name, Data: seed(t, name)})
			checkResult(t, res)
			if hits(res, []string{want}) != n || res.Parts[0].Encrypted != policy.Encrypted || problems(res) != "" {
				t.Errorf("%s with %s: %d hits, %+v", name, password, hits(res, []string{want}), res.Parts)
			}
			for _, c := range res.Contents {
				if strings.Contains(c.Text, want) && !c.Encrypted {
					t.Errorf("%s: the text does not say that it was encrypted", name)
				}
			}
		}
	}
}

// A member that the directory leaves out is still read by some unpackers.
func TestZipMembersOutsideTheDirectoryAreRead(t *testing.T) {
	whole := zipOf(t, [2]string{"a.txt", "harmless"}, [2]string{"secret.csv", "氏名,電話\n想定 美咲,080-0088-3479\n"}, [2]string{"b.txt", "harmless too"})
	cd := bytes.Index(whole, []byte("PK\x01\x02"))
	second := cd + 46 + len("a.txt") + int(binary.LittleEndian.Uint16(whole[cd+30:]))
	third := second + 46 + len("secret.csv") + int(binary.LittleEndian.Uint16(whole[second+30:]))
	end := bytes.Index(whole, []byte("PK\x05\x06"))
	data := append(bytes.Clone(whole[:second]), whole[third:]...)
	eocd := data[len(data)-(len(whole)-end):]
	binary.LittleEndian.PutUint16(eocd[8:], 2)
	binary.LittleEndian.PutUint16(eocd[10:], 2)
	binary.LittleEndian.PutUint32(eocd[12:], uint32(end-cd-(third-second)))
	res := extractFile(t, File{Name: "a.zip", Data: data})
	if hits(res, []string{"想定 美咲"}) != 1 {
		t.Fatalf("not read: %+v", res.Parts)
	}
	for _, p := range res.Parts {
		if p.Name == "secret.csv" && !p.Hidden {
			t.Error("the member does not count as hidden")
		}
	}
	if res := extractFile(t, File{Name: "a.zip", Data: whole}); len(res.Parts) != 4 {
		t.Errorf("an ordinary archive has %d parts", len(res.Parts))
	}
}

func TestPPTSlidesAreMarked(t *testing.T) {
	res := extractFile(t, File{Name: "a.ppt", Data: seed(t, "ppt_97_plain.ppt")})
	c := res.Contents[0]
	found := strings.Index(c.Text, "571432178533")
	where := ""
	for _, m := range c.Marks {
		if m.Start <= found {
			where = m.Where
		}
	}
	if !strings.HasPrefix(where, "slide ") || strings.Contains(where, "master") {
		t.Errorf("the number stands on %q of %+v", where, c.Marks)
	}
}

func FuzzODFManifest(f *testing.F) {
	f.Add([]byte(`<manifest:file-entry full-path="content.xml"><manifest:encryption-data checksum="AAAA" checksum-type="x#sha256-1k"><manifest:algorithm algorithm-name="x#aes256-cbc" initialisation-vector="AAAAAAAAAAAAAAAAAAAAAA=="/><manifest:key-derivation key-size="32" iteration-count="1" salt="AAAA"/></manifest:encryption-data>`), []byte("0123456789abcdef"))
	f.Fuzz(func(t *testing.T, manifest, raw []byte) {
		r := &reading{ctx: context.Background(), s: testExtractor().NewSession()}
		for _, e := range odfEntries(manifest) {
			e.iterations = min(e.iterations, 10)
			if data, ok := e.decrypt(r, raw, "password"); ok && len(raw) == 0 {
				t.Errorf("%d octets out of nothing", len(data))
			}
		}
	})
}
