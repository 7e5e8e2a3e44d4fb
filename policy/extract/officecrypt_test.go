package extract

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
)

func TestPackageOpensWithItsPasswordOnly(t *testing.T) {
	for _, name := range []string{"xlsx_password_agile.xlsx", "docx_password_agile.docx"} {
		data := testdata(t, name)
		r := &reading{ctx: context.Background(), s: testExtractor().NewSession(), file: File{Data: data}, res: &Result{}}
		r.probe = newProbe(&r.file)
		if _, err := r.openPackage(defaultPassword); !errors.Is(err, errPassword) {
			t.Errorf("%s with the default password: %v", name, err)
		}
		plain, err := r.openPackage("himitsu1")
		if err != nil {
			t.Fatal(err)
		}
		if typ := isOffice(newProbe(&File{Data: plain})); typ == "" {
			t.Errorf("%s: no office package came out", name)
		}
	}
}

func TestKnownPasswordsOpenFiles(t *testing.T) {
	for _, name := range []string{"xlsx_password_agile.xlsx", "docx_password_agile.docx", "pptx_password_agile.pptx", "xls_password_rc4.xls", "zip_aes256.zip", "zip_zipcrypto.zip"} {
		s := testExtractor().NewSession()
		s.Passwords = []string{"falsch", "himitsu1"}
		res := s.Extract(context.Background(), File{Path: "0", Name: name, Data: seed(t, name)})
		checkResult(t, res)
		if hits(res, []string{"080-00"}) != 1 || res.Parts[0].Encrypted != policy.Encrypted || problems(res) != "" {
			t.Errorf("%s: %+v", name, res.Parts)
		}
		for _, c := range res.Contents {
			if !c.Encrypted && !strings.HasSuffix(c.Text, ".csv\n") { // the list of names
				t.Errorf("%s: the text of %s counts as never encrypted", name, c.Part)
			}
		}
	}
}

func TestStandardEncryptionRefusesNonsense(t *testing.T) {
	info := make([]byte, 12+40+60)
	info[8] = 40
	if _, err := standardDecrypt(info, make([]byte, 32), "x"); !errors.Is(err, errUnsupported) {
		t.Errorf("unknown cipher: %v", err)
	}
	if _, err := standardDecrypt(info[:20], nil, "x"); !errors.Is(err, errMalformed) {
		t.Errorf("cut: %v", err)
	}
}
