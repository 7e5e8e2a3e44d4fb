package quarantine

import (
	"errors"
	"testing"
	"time"
)

func TestDeadline(t *testing.T) {
	c := DefaultCalendar(nil)
	c.Holidays = map[string]bool{"2026-11-23": true} // 勤労感謝の日, a Monday
	at := func(s string) time.Time {
		v, err := time.ParseInLocation("2006-01-02 15:04", s, c.Zone)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, r := range []struct{ written, from, want string }{
		{"24h", "2026-11-20 17:00", "2026-11-21 17:00"},
		{"90m", "2026-11-20 17:00", "2026-11-20 18:30"},
		{"3 days", "2026-11-20 17:00", "2026-11-23 17:00"},
		{"1 hour", "2026-11-20 17:00", "2026-11-20 18:00"},
		{"8 working hours", "2026-11-18 09:00", "2026-11-18 17:00"},
		{"8 working hours", "2026-11-18 12:00", "2026-11-19 11:00"},
		{"8 Working Hours", "2026-11-18 03:00", "2026-11-18 17:00"}, // before opening
		{"9 working hours", "2026-11-18 09:00", "2026-11-18 18:00"}, // exactly one day
		{"1 working hour", "2026-11-18 18:00", "2026-11-19 10:00"},
		{"2 working hours", "2026-11-20 17:00", "2026-11-24 10:00"}, // over a weekend and a holiday
		{"0.5 working hours", "2026-11-21 12:00", "2026-11-24 09:30"},
		{"1 working day", "2026-11-20 10:00", "2026-11-24 10:00"},
		{"2 working days", "2026-11-20 20:00", "2026-11-25 18:00"},
		{"1 working day", "2026-11-21 07:00", "2026-11-24 09:00"},
	} {
		got, err := c.Deadline(r.written, at(r.from))
		if err != nil || !got.Equal(at(r.want)) {
			t.Errorf("%s from %s: %v (%v), want %s", r.written, r.from, got.In(c.Zone), err, r.want)
		}
	}
	for _, bad := range []string{"", "soon", "8", "-1h", "0h", "0 working hours", "-3 days", "8 working weeks", "NaN days",
		"Inf days", "1e9 hours", "8 営業時間", "10000h"} {
		if got, err := c.Deadline(bad, at("2026-11-18 09:00")); !errors.Is(err, ErrBadDeadline) {
			t.Errorf("%q: %v, %v", bad, got, err)
		}
	}
}

func TestDeadlineWithoutWorkingTimeEnds(t *testing.T) {
	c := DefaultCalendar(nil)
	c.Days = nil
	from := time.Date(2026, 11, 18, 0, 0, 0, 0, time.UTC)
	for _, s := range []string{"8 working hours", "2 working days"} {
		got, err := c.Deadline(s, from)
		if err != nil || !got.Equal(from.Add(maxDeadline)) {
			t.Errorf("%s: %v, %v", s, got, err)
		}
	}
}

func TestDeadlineFollowsTheClockOnTheWall(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip("no time zone data on this host")
	}
	c := DefaultCalendar(berlin)
	from := time.Date(2026, 3, 27, 17, 0, 0, 0, berlin) // summer time begins on Sunday
	got, err := c.Deadline("2 working hours", from)
	if want := time.Date(2026, 3, 30, 10, 0, 0, 0, berlin); err != nil || !got.Equal(want) {
		t.Errorf("%v, %v, want %v", got, err, want)
	}
}

func FuzzDeadline(f *testing.F) {
	for _, s := range []string{"24h", "8 working hours", "2 working days", "3 days", "1e300 days", "NaN hours", ""} {
		f.Add(s)
	}
	c := DefaultCalendar(nil)
	from := time.Date(2026, 11, 18, 0, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, s string) {
		got, err := c.Deadline(s, from)
		if err == nil && (got.Before(from) || got.After(from.AddDate(20, 0, 0))) {
			t.Errorf("%q: %v", s, got)
		}
	})
}
