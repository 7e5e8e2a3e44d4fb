package config

import (
	"path/filepath"
	"testing"
)

func TestDefaultAmongRulesIsNotAFile(t *testing.T) {
	file := write(t, "sekisho.yaml", "organization: {domains: [example.co.jp]}\nrules: [default, own.yaml]\n")
	c, err := Load(file, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"default", filepath.Join(filepath.Dir(file), "own.yaml")}
	if len(c.Rules) != 2 || c.Rules[0] != want[0] || c.Rules[1] != want[1] {
		t.Errorf("rules are %q, want %q", c.Rules, want)
	}
}
