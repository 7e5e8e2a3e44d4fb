package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/sekisho-mail/sekisho/config"
)

// What lies in the folder of the compiled PDF engine is run: never one that happens to
// lie where a command is called, nor one that others can write to.
func TestPDFCacheIsOurs(t *testing.T) {
	here, cache, data := t.TempDir(), t.TempDir(), t.TempDir()
	t.Chdir(here)
	t.Setenv("XDG_CACHE_HOME", cache)
	if err := os.Mkdir("data", 0o700); err != nil {
		t.Fatal(err)
	}
	cfg := config.Default()
	if got, want := pdfCache(cfg), filepath.Join(cache, "sekisho", "pdf-engine"); got != want {
		t.Errorf("with ./data in the working folder: got %q, want %q", got, want)
	}
	if left, err := os.ReadDir("data"); err != nil || len(left) > 0 {
		t.Errorf("./data was written to: %v, %v", left, err)
	}
	cfg.Data = data
	dir := filepath.Join(data, "pdf-engine")
	if got := pdfCache(cfg); got != dir {
		t.Errorf("got %q, want %q", got, dir)
	}
	if err := os.Chmod(dir, 0o770); err != nil {
		t.Fatal(err)
	}
	if got := pdfCache(cfg); got != "" {
		t.Errorf("a folder that the group can write to: got %q", got)
	}
	cfg.Data = filepath.Join(data, "missing")
	if got, want := pdfCache(cfg), filepath.Join(cache, "sekisho", "pdf-engine"); got != want {
		t.Errorf("without data: got %q, want %q", got, want)
	}
}
