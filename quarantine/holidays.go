package quarantine

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// maxHolidays bounds a file of holidays, in octets.
const maxHolidays = 1 << 20

// ReadHolidays reads days off, one a line: "2027-01-01", or the same with slashes
// as the Cabinet Office's list has it, and after a blank or comma a name. Empty
// lines and those that begin with # are skipped. Every bad line is named in the
// error, and then no day is returned.
func ReadHolidays(r io.Reader) (map[string]bool, error) {
	days := map[string]bool{}
	var bad []error
	s := bufio.NewScanner(io.LimitReader(r, maxHolidays))
	for n := 1; s.Scan(); n++ {
		line := strings.TrimSpace(strings.TrimPrefix(s.Text(), "\ufeff"))
		if line == "" || line[0] == '#' {
			continue
		}
		word := line
		if i := strings.IndexAny(line, " \t,\u3000"); i > 0 {
			word = line[:i]
		}
		t, err := time.Parse("2006-1-2", strings.ReplaceAll(word, "/", "-"))
		if err != nil {
			bad = append(bad, fmt.Errorf("line %d: not a day; write 2027-01-01", n))
			continue
		}
		days[t.Format(time.DateOnly)] = true
	}
	if err := s.Err(); err != nil {
		return nil, fmt.Errorf("read holidays: %w", err)
	}
	if len(bad) > 0 {
		return nil, fmt.Errorf("read holidays: %w", errors.Join(bad...))
	}
	return days, nil
}
