package config

import (
	"bytes"
	"flag"
	"os"
	"reflect"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the generated pages anew")

func TestGeneratedPagesAreCurrent(t *testing.T) {
	for path, want := range map[string][]byte{
		"../docs/config.md":         Markdown(),
		"../packaging/sekisho.yaml": Sample(),
	} {
		if *update {
			if err := os.WriteFile(path, want, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		got, err := os.ReadFile(path)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not current (%v); run: go test ./config -run Generated -update", path, err)
		}
	}
}

func TestEverySettingIsDocumented(t *testing.T) {
	seen := 0
	for _, e := range entries() {
		seen++
		if !strings.HasSuffix(e.doc, ".") || len(e.doc) < 15 {
			t.Errorf("%s has no full sentence as its comment: %q", e.path, e.doc)
		}
	}
	if seen < 100 {
		t.Errorf("only %d settings were found", seen)
	}
}

func TestSampleIsValidAndChangesNothing(t *testing.T) {
	path := write(t, "sekisho.yaml", string(Sample()))
	c, err := Load(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	want, err := Load(write(t, "sekisho.yaml", "organization: {domains: [example.co.jp]}"), nil)
	if err != nil {
		t.Fatal(err)
	}
	c.Data, c.SealKeyFile, want.Data, want.SealKeyFile = "", "", "", ""
	if !reflect.DeepEqual(c, want) {
		t.Errorf("the sample sets something else than the defaults:\n%+v\n%+v", c, want)
	}
}

// Whoever takes every "#" away from a setting must get a file that is read.
func TestSampleUncommentedIsWellFormed(t *testing.T) {
	var b strings.Builder
	for line := range strings.Lines(string(Sample())) {
		rest, ok := strings.CutPrefix(line, "#")
		if ok && (strings.HasPrefix(rest, " ") && !strings.HasPrefix(rest, "  ") || rest == "\n") {
			continue // a sentence of the head
		}
		if ok {
			line = rest
		}
		b.WriteString(line)
	}
	_, err := Load(write(t, "sekisho.yaml", b.String()), nil)
	problems, _ := err.(Problems)
	for _, p := range problems {
		if strings.Contains(p.Text, "YAML") || strings.Contains(p.Text, "no such setting") || strings.Contains(p.Text, "expected") {
			t.Errorf("%s", p)
		}
	}
}
