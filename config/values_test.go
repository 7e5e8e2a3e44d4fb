package config

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestDurationsHaveAUnit(t *testing.T) {
	for in, want := range map[string]time.Duration{
		"30s": 30 * time.Second, "5m": 5 * time.Minute, "1h30m": 90 * time.Minute, "24h": 24 * time.Hour,
		"5d": 120 * time.Hour, "100ms": 100 * time.Millisecond, "0s": 0,
		"10": -1, "": -1, "0": -1, "1.5": -1, "-5m": -1, "5 m": -1, "1e3s": -1, "d": -1, "1.5d": -1, "+3d": 72 * time.Hour,
		"9999999999999d": -1, "5 working hours": -1,
	} {
		var d Duration
		if err := d.UnmarshalText([]byte(in)); (err != nil) != (want < 0) || err == nil && d.Std() != want {
			t.Errorf("%q: %s, %v", in, d, err)
		}
	}
}

func TestDurationWritesWhatItReads(t *testing.T) {
	for in, want := range map[string]string{"120h": "5d", "24h": "24h", "90m": "1h30m", "60s": "1m", "0s": "0s", "10h": "10h", "100ms": "100ms"} {
		var d Duration
		if err := d.UnmarshalText([]byte(in)); err != nil || d.String() != want {
			t.Errorf("%q is written as %q (%v)", in, d, err)
		}
	}
}

func TestSizesHaveAUnit(t *testing.T) {
	for in, want := range map[string]int64{
		"25MB": 25e6, "256KiB": 256 << 10, "1GiB": 1 << 30, "1gb": 1e9, "7B": 7, "25 MB": 25e6, "0B": 0,
		"25": -1, "": -1, "MB": -1, "1.5GB": -1, "-1MB": -1, "25Mbit": -1, "9223372036854775807KB": -1, "1_000MB": -1,
	} {
		var s Size
		if err := s.UnmarshalText([]byte(in)); (err != nil) != (want < 0) || err == nil && s.Int64() != want {
			t.Errorf("%q: %d, %v", in, s, err)
		}
	}
	for in, want := range map[Size]string{25e6: "25MB", 256 << 10: "256KiB", 0: "0B", 1000: "1KB", 1001: "1001B", 64 << 20: "64MiB"} {
		if in.String() != want {
			t.Errorf("%d is written as %s", int64(in), in)
		}
	}
}

func TestDeadlines(t *testing.T) {
	for in, want := range map[string]Deadline{
		"24h":             {Length: 24 * time.Hour},
		"8 working hours": {Length: 8 * time.Hour, Working: true},
		"1 working day":   {Days: 1, Working: true},
		"0s":              {}, "8 hours": {}, "0 working hours": {}, "-1 working days": {}, "1.5 working days": {}, "": {},
		"99999999999999999999 working days": {},
	} {
		var d Deadline
		if err := d.UnmarshalText([]byte(in)); (err != nil) != (want == Deadline{}) || d != want {
			t.Errorf("%q: %+v, %v", in, d, err)
		}
	}
	if s := (Deadline{Days: 3, Working: true}).String(); s != "3 working days" {
		t.Error(s)
	}
}

func TestClockAndDate(t *testing.T) {
	for in, want := range map[string]Clock{"09:00": 540, "9:30": 570, "24:00": 1440, "24:01": -1, "9am": -1, "9:5": -1, "12:60": -1, "": -1} {
		var c Clock
		if err := c.UnmarshalText([]byte(in)); (err != nil) != (want < 0) || err == nil && c != want {
			t.Errorf("%q: %d, %v", in, c, err)
		}
	}
	var d Date
	if err := d.UnmarshalText([]byte("2027-02-28")); err != nil || d.String() != "2027-02-28" {
		t.Errorf("%s, %v", d, err)
	}
	tokyo := Default().Organization.Location()
	if end := d.End(tokyo); !end.Equal(time.Date(2027, 2, 28, 15, 0, 0, 0, time.UTC)) {
		t.Errorf("the day ends at %s", end.UTC())
	}
	if err := d.UnmarshalText([]byte("2027-02-29")); err == nil {
		t.Error("29 February 2027 was taken for a day")
	}
}

func TestSecretNeverShows(t *testing.T) {
	s := NewSecret("hunter2")
	b, err := json.Marshal(map[string]Secret{"k": s})
	all := fmt.Sprint(s) + fmt.Sprintf("%v %+v %#v %s %q", s, s, s, s, s) + string(b)
	if err != nil || strings.Contains(all, "hunter2") {
		t.Errorf("the secret shows: %s (%v)", all, err)
	}
	if s.Reveal() != "hunter2" {
		t.Error("the secret is lost")
	}
}

func TestMeant(t *testing.T) {
	known := []string{"domains", "name", "listen", "next_hops", "tls"}
	for in, want := range map[string]string{"domain": "domains", "Listen": "listen", "lisetn": "listen", "nexthops": "next_hops", "zzz": "", "a": ""} {
		if got := meant(in, known); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
}
