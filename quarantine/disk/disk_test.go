package disk

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func TestReplaceIsAllOrNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state")
	for _, want := range []string{"first", "第二"} {
		if err := (OS{}).Replace(path, []byte(want)); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != want {
			t.Errorf("%q, %v", got, err)
		}
	}
	// A folder stands where the new content should be written.
	if err := os.Mkdir(path+".new", 0o700); err != nil {
		t.Fatal(err)
	}
	if err := (OS{}).Replace(path, []byte("third")); err == nil {
		t.Error("replaced although nothing could be written")
	}
	if got, _ := os.ReadFile(path); string(got) != "第二" {
		t.Errorf("a failed Replace left %q", got)
	}
}

func TestOpenFileMakesNothingTwice(t *testing.T) {
	path := filepath.Join(t.TempDir(), "segment")
	if _, err := (OS{}).OpenFile(path, false); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("opened what is not there: %v", err)
	}
	f, err := OS{}.OpenFile(path, true)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := (OS{}).OpenFile(path, true); !errors.Is(err, fs.ErrExist) {
		t.Errorf("made a file twice: %v", err)
	}
}

func TestLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	first, err := Lock(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Lock(path); !errors.Is(err, ErrInUse) {
		t.Errorf("locked twice: %v", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := Lock(path)
	if err != nil {
		t.Fatal(err)
	}
	_ = again.Close()
}
