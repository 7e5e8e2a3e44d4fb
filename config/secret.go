package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"reflect"
	"strings"
)

// maxSecret is the largest file of secrets.
const maxSecret = 64 << 10

// readSecrets checks every file that only the server may read, and reads those
// whose values the config carries.
func (t *tree) readSecrets(c *Config) {
	c.paths(func(key string, p *string, tag reflect.StructTag) {
		kind := tag.Get("secret")
		if kind == "" || *p == "" {
			return
		}
		if err := private(*p); err != nil && (kind == "must" || !errors.Is(err, fs.ErrNotExist)) {
			t.object(key, *p+": "+cause(err)+advice(err))
		}
	})
	for i := range c.Listen {
		h := &c.Listen[i].SecretHeader
		key := fmt.Sprintf("listen[%d].secret_header.values_file", i)
		if h.ValuesFile == "" || t.wrong[key] {
			continue
		}
		lines, err := readLines(h.ValuesFile)
		switch {
		case err != nil:
			t.object(key, h.ValuesFile+": "+cause(err)+advice(err))
		case len(lines) == 0:
			t.object(key, h.ValuesFile+": is empty; write one value on each line")
		}
		for _, line := range lines {
			h.Values = append(h.Values, NewSecret(line))
		}
	}
}

var errOpenToAll = errors.New("can be read by every user of this machine; take that right away (chmod o-rwx)")

// private makes sure that a file exists and is nobody else's business.
func private(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("look at secret file: %w", err)
	}
	if !info.Mode().IsRegular() {
		return errors.New("is not a file; name a file that holds the secret")
	}
	if info.Mode().Perm()&0o007 != 0 {
		return errOpenToAll
	}
	return nil
}

func advice(err error) string {
	if errors.Is(err, fs.ErrNotExist) {
		return "; name an existing file"
	}
	if errors.Is(err, fs.ErrPermission) {
		return "; let the server's user read it"
	}
	return ""
}

// readLines gives the lines of a file without blanks around them and without
// empty ones.
func readLines(path string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("look at secret file: %w", err)
	}
	if info.Size() > maxSecret {
		return nil, errors.New("is larger than 64 KiB; this is not a file of secrets")
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read secret file: %w", err)
	}
	var out []string
	for line := range strings.SplitSeq(string(data), "\n") {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out, nil
}

// readHolidays reads the days off.
func (t *tree) readHolidays(c *Config) {
	const key = "hold.holidays_file"
	path := c.Hold.HolidaysFile
	c.Hold.Holidays = map[string]bool{}
	if path == "" {
		return
	}
	data, err := readFile(path)
	if err != nil {
		t.object(key, path+": "+err.Error())
		return
	}
	number := 0
	for line := range strings.SplitSeq(strings.TrimPrefix(string(data), "\ufeff"), "\n") {
		number++
		word, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		if word == "" || word[0] == '#' {
			continue
		}
		var d Date
		if err := d.UnmarshalText([]byte(word)); err != nil {
			t.object(key, fmt.Sprintf("%s:%d: %s", path, number, err))
			return
		}
		c.Hold.Holidays[d.String()] = true
	}
}
