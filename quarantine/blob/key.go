package blob

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/sekisho-mail/sekisho/policy/email/sealed"
	"github.com/sekisho-mail/sekisho/quarantine/disk"
)

// LoadOrCreateKey reads the site key at path, 64 hexadecimal digits, and makes
// one when there is no file. The file is mode 0600 and durable before the key
// is returned, since a key that is lost takes every held mail with it. A file
// that other users may read, or that holds anything else, is an error. Two
// processes that start together get the same key.
func LoadOrCreateKey(path string) (sealed.Key, error) {
	key, err := loadKey(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return sealed.Key{}, fmt.Errorf("create folder of site key: %w", err)
	}
	if err := createKey(dir, path, sealed.NewKey()); err != nil {
		return sealed.Key{}, err
	}
	return loadKey(path)
}

func loadKey(path string) (sealed.Key, error) {
	var key sealed.Key
	info, err := os.Stat(path)
	if err != nil {
		return key, fmt.Errorf("look at site key: %w", err)
	}
	if info.Mode().Perm()&0o007 != 0 {
		return key, fmt.Errorf("site key %s can be read by every user; take that right away (chmod o-rwx)", path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return key, fmt.Errorf("read site key: %w", err)
	}
	raw, err := hex.DecodeString(string(bytes.TrimSpace(text)))
	if err != nil || len(raw) != len(key) {
		return key, fmt.Errorf("site key %s is not 64 hexadecimal digits; restore it from its copy", path)
	}
	copy(key[:], raw)
	return key, nil
}

func createKey(dir, path string, key sealed.Key) error {
	tmp, err := os.CreateTemp(dir, ".site-key-*") // mode 0600
	if err != nil {
		return fmt.Errorf("create site key: %w", err)
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.WriteString(hex.EncodeToString(key[:]) + "\n")
	if err == nil {
		err = tmp.Sync()
	}
	if cerr := tmp.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Link(tmp.Name(), path)
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("write site key: %w", err)
	}
	return disk.OS{}.SyncDir(dir)
}

const keyCheck = "sekisho blob key check"

// checkKey finds out whether dir was sealed under another key, before anything
// is written under this one.
func checkKey(d changes, dir string, site sealed.Key, readOnly bool) error {
	path := filepath.Join(dir, "key-check")
	wrapped, err := os.ReadFile(path)
	if err == nil {
		plain, err := sealed.Unwrap(site, wrapped, keyCheck)
		if err != nil || string(plain) != keyCheck {
			return ErrWrongKey
		}
		return nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("read key check: %w", err)
	}
	if readOnly {
		return nil
	}
	tmp := path + ".new"
	_ = os.Remove(tmp)
	f, err := d.OpenFile(tmp, true)
	if err != nil {
		return err
	}
	_, err = f.WriteAt(sealed.Wrap(site, []byte(keyCheck), keyCheck), 0)
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = d.Link(tmp, path)
	}
	_ = os.Remove(tmp)
	if err == nil {
		err = d.SyncDir(dir)
	}
	if err != nil {
		return fmt.Errorf("write key check: %w", err)
	}
	return nil
}
