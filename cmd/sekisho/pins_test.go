package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"regexp"
	"testing"
)

// TestLibcIsTheOneThatSQLiteNames: modernc.org/libc must be exactly the version in
// sqlite's own go.mod; a newer one has broken it before.
func TestLibcIsTheOneThatSQLiteNames(t *testing.T) {
	version := func(module string) (v, goMod string) {
		out, err := exec.Command("go", "list", "-m", "-json", module).Output()
		if err != nil {
			t.Fatal(err)
		}
		var m struct{ Version, GoMod string }
		if err := json.Unmarshal(out, &m); err != nil {
			t.Fatal(err)
		}
		return m.Version, m.GoMod
	}
	ours, _ := version("modernc.org/libc")
	_, sqlite := version("modernc.org/sqlite")
	text, err := os.ReadFile(sqlite)
	if err != nil {
		t.Fatal(err)
	}
	want := regexp.MustCompile(`modernc\.org/libc (\S+)`).FindSubmatch(text)
	if want == nil || string(want[1]) != ours {
		t.Errorf("modernc.org/libc is %s, sqlite names %q", ours, want)
	}
}
