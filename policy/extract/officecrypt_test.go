package extract

import (
	"context"
	"errors"
	"testing"
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
