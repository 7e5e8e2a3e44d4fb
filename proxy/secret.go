package proxy

import (
	"bytes"
	"crypto/subtle"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"
)

// Secret is a header field by which a client proves that it is ours, for
// clients whose addresses others share (a cloud service's outgoing connector).
// The field is taken out of the mail before anything else sees it.
type Secret struct {
	// Name is the field's name, "X-Sekisho-Key".
	Name string
	// Values are those accepted: usually one, two while the secret is changed.
	Values []string

	file *secretFile // instead of Values
}

// LoadSecret takes the values from a file, one a line. The file is looked at again
// when it has changed, at most every ten seconds, so that a secret is changed
// without a restart: add the new value, have the sender use it, take the old one
// away. A file that cannot be read, or is empty, leaves the last values in use.
func LoadSecret(name, file string, now func() time.Time) (*Secret, error) {
	f := &secretFile{path: file, now: now}
	if err := f.load(); err != nil {
		return nil, err
	}
	return &Secret{Name: name, file: f}, nil
}

// current are the values that count now.
func (s *Secret) current() []string {
	if s.file == nil {
		return s.Values
	}
	return s.file.current()
}

// cut returns the block without any field of the secret's name, and the place
// (from 1) of the right value that one of them held, 0 for none. The block is not
// changed.
func (s *Secret) cut(block []byte) (rest []byte, proved int) {
	values := s.current()
	rest = cutFields(block, s.Name, func(value []byte) { proved = max(proved, place(values, value)) })
	return rest, proved
}

// place compares with all values, so that its time tells nothing.
func place(values []string, value []byte) int {
	value = bytes.TrimSpace(value)
	at := 0
	for i, v := range values {
		at = subtle.ConstantTimeSelect(subtle.ConstantTimeCompare(value, []byte(v)), i+1, at)
	}
	return at
}

const (
	secretAge  = 10 * time.Second
	maxSecrets = 64 << 10 // octets of the file
)

type secretFile struct {
	path string
	now  func() time.Time

	mu      sync.Mutex
	values  []string
	changed time.Time // of the file, when it was read
	size    int64
	looked  time.Time
}

func (f *secretFile) current() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.now().Sub(f.looked) >= secretAge {
		_ = f.loadLocked() // keeps the last ones
	}
	return f.values
}

func (f *secretFile) load() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.loadLocked()
}

func (f *secretFile) loadLocked() error {
	f.looked = f.now()
	info, err := os.Stat(f.path)
	if err != nil {
		return fmt.Errorf("read secret values: %w", err)
	}
	if f.values != nil && info.ModTime().Equal(f.changed) && info.Size() == f.size {
		return nil
	}
	if info.Size() > maxSecrets {
		return errors.New("proxy: file of secret values is larger than 64 KiB")
	}
	data, err := os.ReadFile(f.path)
	if err != nil {
		return fmt.Errorf("read secret values: %w", err)
	}
	var values []string
	for line := range strings.SplitSeq(string(data), "\n") {
		if line = strings.TrimSpace(line); line != "" {
			values = append(values, line)
		}
	}
	if len(values) == 0 {
		return errors.New("proxy: file of secret values is empty")
	}
	f.values, f.changed, f.size = values, info.ModTime(), info.Size()
	return nil
}
