package detect

import (
	"bytes"
	"os"
	"testing"
)

func TestFindingsPageIsCurrent(t *testing.T) {
	page := FindingsPage()
	for _, k := range Types() {
		if !bytes.Contains(page, []byte("`"+k.Name+"`")) {
			t.Errorf("%s is missing", k.Name)
		}
		if k.Title.JA == "" || k.Title.EN == "" || k.Severity < 1 || k.Severity > 5 {
			t.Errorf("%+v", k)
		}
	}
	file, err := os.ReadFile("../../docs/findings.md")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(page, file) {
		t.Error("docs/findings.md is not what FindingsPage writes; run: make docs")
	}
}
