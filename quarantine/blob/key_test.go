package blob

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/sekisho-mail/sekisho/policy/email/sealed"
)

func TestKeyIsMadeOnceAndKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deep", "seal.key")
	var mu sync.Mutex
	seen := map[sealed.Key]int{}
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			k, err := LoadOrCreateKey(path)
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			seen[k]++
			mu.Unlock()
		})
	}
	wg.Wait()
	if len(seen) != 1 {
		t.Errorf("%d keys were made", len(seen))
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}

func TestBadKeyFilesAreRefused(t *testing.T) {
	dir := t.TempDir()
	for name, tc := range map[string]struct {
		text string
		mode os.FileMode
		want string
	}{
		"short":     {"abcd\n", 0o600, "64 hexadecimal digits"},
		"empty":     {"", 0o600, "64 hexadecimal digits"},
		"no hex":    {strings.Repeat("zz", 32), 0o600, "64 hexadecimal digits"},
		"long":      {strings.Repeat("ab", 33), 0o600, "64 hexadecimal digits"},
		"open":      {strings.Repeat("ab", 32), 0o644, "every user"},
		"a newline": {" " + strings.Repeat("ab", 32) + "\r\n", 0o640, ""},
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(tc.text), tc.mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, tc.mode); err != nil {
			t.Fatal(err)
		}
		_, err := LoadOrCreateKey(path)
		if (err == nil) != (tc.want == "") || err != nil && !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && tc.text != "" && strings.Contains(err.Error(), strings.TrimSpace(tc.text)) {
			t.Errorf("%s: the message shows the key", name)
		}
	}
}
