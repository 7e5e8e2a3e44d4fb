package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Each file in testdata/broken has beside it the exact message it must give.
func TestBrokenFilesSayWhatToDo(t *testing.T) {
	t.Chdir(filepath.Join("testdata", "broken"))
	files, err := filepath.Glob("*.yaml")
	if err != nil || len(files) < 50 {
		t.Fatalf("only %d files are there (%v)", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(file, ".yaml"), func(t *testing.T) {
			_, err := Load(file, nil)
			if err == nil {
				t.Fatal("it was read without an error")
			}
			got, wantFile := err.Error()+"\n", strings.TrimSuffix(file, ".yaml")+".want"
			if *update {
				if err := os.WriteFile(wantFile, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(wantFile)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("got\n%swant\n%s", got, want)
			}
		})
	}
}
