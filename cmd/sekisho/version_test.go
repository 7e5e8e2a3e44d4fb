package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestVersionWithABrokenConfiguration prints the version and names what is wrong.
func TestVersionWithABrokenConfiguration(t *testing.T) {
	file := filepath.Join(t.TempDir(), "sekisho.yaml")
	if err := os.WriteFile(file, []byte("listne: []\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	c := rootCommand()
	c.SetOut(&out)
	c.SetArgs([]string{"version", "--config", file})
	if err := c.Execute(); err != nil || !strings.HasPrefix(out.String(), "sekisho ") || !strings.Contains(out.String(), "listne") {
		t.Errorf("%v: %s", err, out.String())
	}
}
