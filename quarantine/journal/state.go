package journal

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/sekisho-mail/sekisho/policy/email"
)

// state is where the chain begins and ends, kept apart from it: lines up to
// Base were deleted by retention, and line Head was durable.
type state struct {
	Base     int64        `json:"base"`
	BaseHash email.Digest `json:"base_hash"`
	Head     int64        `json:"head"`
	HeadHash email.Digest `json:"head_hash"`
	// MAC is an HMAC-SHA-256 over the rest; "" without a key.
	MAC string `json:"mac,omitempty"`
}

const stateName = "head"

func (s state) mac(key []byte) string {
	if len(key) == 0 {
		return ""
	}
	h := hmac.New(sha256.New, key)
	fmt.Fprintf(h, "sekisho journal head %d %s %d %s", s.Base, s.BaseHash, s.Head, s.HeadHash)
	return hex.EncodeToString(h.Sum(nil))
}

func (s state) write(d changes, dir string, key []byte) error {
	s.MAC = s.mac(key)
	b, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("write journal head: %w", err)
	}
	return d.Replace(filepath.Join(dir, stateName), append(b, '\n'))
}

// readState reads the head file; false when there is none.
func readState(dir string) (state, bool, error) {
	var s state
	b, err := os.ReadFile(filepath.Join(dir, stateName))
	if errors.Is(err, fs.ErrNotExist) {
		return s, false, nil
	}
	if err != nil {
		return s, false, fmt.Errorf("read journal head: %w", err)
	}
	if err := json.Unmarshal(b, &s); err != nil || s.Base < 0 || s.Head < s.Base {
		return state{}, true, &Broken{Segment: stateName, Why: "the file of the chain's head is damaged"}
	}
	return s, true, nil
}

// position is how far Drain has come.
type position struct {
	Segment string `json:"segment"`
	Offset  int64  `json:"offset"`
	Seq     int64  `json:"seq"` // the last line that was handed over
}

const cursorName = "cursor"

// readPosition reads the cursor; a damaged one begins anew, since a line may be
// handed over twice but never not at all.
func readPosition(dir string) position {
	var p position
	b, err := os.ReadFile(filepath.Join(dir, cursorName))
	if err != nil || json.Unmarshal(b, &p) != nil || p.Offset < 0 || p.Seq < 0 {
		return position{}
	}
	return p
}

func (p position) write(d changes, dir string) error {
	b, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("write journal cursor: %w", err)
	}
	return d.Replace(filepath.Join(dir, cursorName), append(b, '\n'))
}
