package store

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"strconv"
	"strings"
	"sync"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/policy/email/sealed"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// keys are made from the site key, one for each use, so that none of them
// betrays another.
type keys struct {
	seal    sealed.Key
	wrapper sealed.Wrapper // of seal
	hash    []byte
	macs    *sync.Pool // of hash.Hash, under hash
	head    []byte
}

func newKeys(site sealed.Key) keys {
	derive := func(use string) []byte {
		m := hmac.New(sha256.New, site[:])
		m.Write([]byte("sekisho store " + use))
		return m.Sum(nil)
	}
	seal := sealed.Key(derive("seal"))
	return keys{seal: seal, wrapper: sealed.NewWrapper(seal), hash: derive("hash"), macs: new(sync.Pool), head: derive("head")}
}

// wrap seals a value for one place; place says table, row and column, so that
// two sealed values cannot be swapped.
func (k keys) wrap(v any, place string) ([]byte, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", place, err)
	}
	return k.wrapper.Wrap(b, place), nil
}

func (k keys) unwrap(b []byte, place string, v any) error {
	plain, err := sealed.Unwrap(k.seal, b, place)
	if err != nil {
		return fmt.Errorf("open sealed %s: %w", place, err)
	}
	if err := json.Unmarshal(plain, v); err != nil {
		return fmt.Errorf("decode %s: %w", place, err)
	}
	return nil
}

// digest is a keyed hash of several values; lengths keep them apart.
func (k keys) digest(use string, values ...string) []byte {
	m, ok := k.macs.Get().(*mac)
	if !ok {
		m = &mac{Hash: hmac.New(sha256.New, k.hash)}
	}
	defer k.macs.Put(m)
	m.Reset() // which remembers what the key comes to
	b := measured(m.room[:0], use)
	for _, v := range values {
		b = measured(b, v)
	}
	m.Write(b)
	return m.Sum(nil)
}

// mac is a keyed hash with room for what most take the hash of.
type mac struct {
	hash.Hash
	room [256]byte
}

// measured appends a value behind its length.
func measured(to []byte, v string) []byte {
	return append(append(strconv.AppendInt(to, int64(len(v)), 10), ':'), v...)
}

func (k keys) messageID(id string) []byte {
	id = strings.TrimSpace(id)
	if id == "" {
		return []byte{}
	}
	return k.digest("message-id", id)
}

func (k keys) join(j quarantine.JoinKey) []byte {
	return k.digest("join", j.Sender.Key(), strings.TrimSpace(j.MessageID), j.Digest.String())
}

// headMAC keeps a chain's head from being set back by somebody without the key.
func (k keys) headMAC(s quarantine.Scope, seq int64, hash email.Digest) []byte {
	m := hmac.New(sha256.New, k.head)
	fmt.Fprintf(m, "%d %d %d %d %s", s.Organization, s.Node, s.Segment, seq, hash)
	return m.Sum(nil)
}

// checkSetting is the setting by which a wrong key is noticed at once.
const checkSetting = "key-check"

// checkKey opens a value that the first start has sealed.
func (s *Store) checkKey(ctx context.Context) error {
	v, err := s.Setting(ctx, checkSetting)
	if errors.Is(err, quarantine.ErrNotFound) {
		b, werr := s.keys.wrap("sekisho", checkSetting)
		if werr != nil {
			return werr
		}
		err = s.group.submit(ctx, func(ctx context.Context, tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, `INSERT INTO settings (organization, name, value, at) VALUES ($1, $2, $3, 0)
				ON CONFLICT (organization, name) DO NOTHING`, s.scope.Organization, checkSetting, hex.EncodeToString(b))
			return err //nolint:wrapcheck // submit's caller wraps it
		})
		if err == nil {
			v, err = s.Setting(ctx, checkSetting) // another node may have been faster
		}
	}
	if err != nil {
		return fmt.Errorf("check site key: %w", s.d.explain(err))
	}
	b, err := hex.DecodeString(v)
	var word string
	if err == nil {
		err = s.keys.unwrap(b, checkSetting, &word)
	}
	if err != nil {
		return ErrWrongKey
	}
	return nil
}
