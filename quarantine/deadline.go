package quarantine

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Calendar knows when people work. The zero Calendar is not usable; see
// DefaultCalendar.
type Calendar struct {
	Zone *time.Location
	// Opens and Closes are times of day, counted from midnight.
	Opens, Closes time.Duration
	// Days are the working days of the week.
	Days []time.Weekday
	// Holidays are days off, "2026-01-01" in Zone.
	Holidays map[string]bool
}

// DefaultCalendar is Monday to Friday, 9 to 18 o'clock, without holidays. A nil
// zone is Japan's.
func DefaultCalendar(zone *time.Location) Calendar {
	if zone == nil {
		zone = time.FixedZone("Asia/Tokyo", 9*60*60) // no summer time since 1951
	}
	return Calendar{Zone: zone, Opens: 9 * time.Hour, Closes: 18 * time.Hour,
		Days: []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday}}
}

// ErrBadDeadline is returned for a deadline that is not written as Deadline
// understands it.
var ErrBadDeadline = errors.New(`quarantine: a deadline reads like "24h", "90m", "3 days", "8 working hours" or "2 working days"`)

// maxDeadline keeps a slip of the pen from holding a mail for years.
const maxDeadline = 90 * 24 * time.Hour

// Deadline adds what is written to from: a Go duration ("24h", "90m"), "3 days",
// "8 working hours", "2 working days". Working days end at the same time of day,
// or at closing time when that is earlier.
func (c Calendar) Deadline(written string, from time.Time) (time.Time, error) {
	if d, err := time.ParseDuration(written); err == nil {
		if d <= 0 || d > maxDeadline {
			return time.Time{}, fmt.Errorf("read deadline %q: %w", written, ErrBadDeadline)
		}
		return from.Add(d), nil
	}
	f := strings.Fields(strings.ToLower(written))
	if len(f) == 0 {
		return time.Time{}, fmt.Errorf("read deadline %q: %w", written, ErrBadDeadline)
	}
	n, err := strconv.ParseFloat(f[0], 64)
	if err != nil || !(n > 0 && n <= maxDeadline.Hours()) {
		return time.Time{}, fmt.Errorf("read deadline %q: %w", written, ErrBadDeadline)
	}
	switch strings.TrimSuffix(strings.Join(f[1:], " "), "s") {
	case "hour":
		return from.Add(min(maxDeadline, time.Duration(n*float64(time.Hour)))), nil
	case "day":
		return from.Add(min(maxDeadline, time.Duration(n*24*float64(time.Hour)))), nil
	case "working hour":
		return c.addHours(from, time.Duration(n*float64(time.Hour))), nil
	case "working day":
		return c.addDays(from, int(n)), nil
	}
	return time.Time{}, fmt.Errorf("read deadline %q: %w", written, ErrBadDeadline)
}

// horizon bounds the search in a calendar that has no working time at all.
const horizon = 366

func (c Calendar) addHours(from time.Time, left time.Duration) time.Time {
	t := from.In(c.Zone)
	for range horizon {
		opens, closes := c.day(t)
		if c.works(t) && t.Before(closes) {
			if t.Before(opens) {
				t = opens
			}
			if room := closes.Sub(t); left <= room {
				return t.Add(left)
			} else {
				left -= room
			}
		}
		t = c.midnight(t, 1)
	}
	return from.Add(maxDeadline)
}

func (c Calendar) addDays(from time.Time, days int) time.Time {
	t := from.In(c.Zone)
	for range horizon {
		if days <= 0 && c.works(t) {
			opens, closes := c.day(t)
			switch {
			case t.Before(opens):
				return opens
			case t.After(closes):
				return closes
			}
			return t
		}
		t = t.AddDate(0, 0, 1)
		if c.works(t) {
			days--
		}
	}
	return from.Add(maxDeadline)
}

func (c Calendar) works(t time.Time) bool {
	if c.Holidays[t.Format(time.DateOnly)] {
		return false
	}
	for _, d := range c.Days {
		if d == t.Weekday() {
			return true
		}
	}
	return false
}

func (c Calendar) midnight(t time.Time, days int) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day()+days, 0, 0, 0, 0, c.Zone)
}

// day gives opening and closing time of the day t falls on, by the clock on the
// wall also on days when summer time begins or ends.
func (c Calendar) day(t time.Time) (opens, closes time.Time) {
	at := func(d time.Duration) time.Time {
		return time.Date(t.Year(), t.Month(), t.Day(), int(d/time.Hour), int(d%time.Hour/time.Minute), 0, 0, c.Zone)
	}
	return at(c.Opens), at(c.Closes)
}

// Open tells whether people work at t.
func (c Calendar) Open(t time.Time) bool {
	t = t.In(c.Zone)
	opens, closes := c.day(t)
	return c.works(t) && !t.Before(opens) && t.Before(closes)
}

// Halfway is the moment at which half of the working time between two moments is
// over; where there is none, half of the time.
func (c Calendar) Halfway(from, to time.Time) time.Time {
	if !to.After(from) {
		return to
	}
	if work := c.Working(from, to); work > 0 {
		return c.addHours(from, work/2)
	}
	return from.Add(to.Sub(from) / 2)
}

// Working is the working time between two moments, at most horizon days of it.
func (c Calendar) Working(from, to time.Time) time.Duration {
	var sum time.Duration
	t := from.In(c.Zone)
	for range horizon {
		if !t.Before(to) {
			break
		}
		opens, closes := c.day(t)
		if c.works(t) {
			begin, end := t, closes
			if begin.Before(opens) {
				begin = opens
			}
			if end.After(to) {
				end = to
			}
			sum += max(0, end.Sub(begin))
		}
		t = c.midnight(t, 1)
	}
	return sum
}
