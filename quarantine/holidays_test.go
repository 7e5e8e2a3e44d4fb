package quarantine

import (
	"maps"
	"strings"
	"testing"
	"time"
)

func TestReadHolidays(t *testing.T) {
	got, err := ReadHolidays(strings.NewReader("\ufeff# 祝日\n2027-01-01 元日\n2027/1/11,成人の日\r\n\n  2027-02-11\t建国記念の日\n2027-2-23　天皇誕生日\n"))
	want := map[string]bool{"2027-01-01": true, "2027-01-11": true, "2027-02-11": true, "2027-02-23": true}
	if err != nil || !maps.Equal(got, want) {
		t.Errorf("%v %v", got, err)
	}
	if got, err := ReadHolidays(strings.NewReader("")); err != nil || len(got) != 0 {
		t.Errorf("%v %v", got, err)
	}
	got, err = ReadHolidays(strings.NewReader("2027-01-01\n元日\n2027-02-30 x\n"))
	if err == nil || got != nil || !strings.Contains(err.Error(), "line 2: not a day") || !strings.Contains(err.Error(), "line 3: not a day") {
		t.Errorf("%v %v", got, err)
	}
}

func FuzzReadHolidays(f *testing.F) {
	f.Add("2027-01-01 元日\n2027/1/2\n# x\n")
	f.Fuzz(func(t *testing.T, in string) {
		got, err := ReadHolidays(strings.NewReader(in))
		if err != nil && got != nil {
			t.Fatal("days beside an error")
		}
		for day := range got {
			if _, err := time.Parse(time.DateOnly, day); err != nil {
				t.Errorf("%q", day)
			}
		}
	})
}

func TestWorkingTime(t *testing.T) {
	c := DefaultCalendar(nil)
	c.Holidays = map[string]bool{"2026-11-23": true}
	at := func(day, hour, minute int) time.Time { return time.Date(2026, 11, day, hour, minute, 0, 0, c.Zone) }
	for _, x := range []struct {
		name       string
		from, to   time.Time
		want       time.Duration
		half, open bool
		middle     time.Time
	}{
		{"a working day", at(18, 9, 0), at(18, 18, 0), 9 * time.Hour, true, true, at(18, 13, 30)},
		{"over night", at(18, 16, 0), at(19, 11, 0), 4 * time.Hour, true, true, at(18, 18, 0)},
		{"a weekend and a holiday", at(20, 17, 0), at(24, 10, 0), 2 * time.Hour, true, true, at(20, 18, 0)},
		{"begun at night", at(18, 3, 0), at(18, 11, 0), 2 * time.Hour, true, false, at(18, 10, 0)},
		{"only a weekend", at(21, 10, 0), at(22, 10, 0), 0, true, false, at(21, 22, 0)},
		{"nothing", at(18, 9, 0), at(18, 9, 0), 0, true, true, at(18, 9, 0)},
	} {
		if got := c.Working(x.from, x.to); got != x.want {
			t.Errorf("%s: %v, want %v", x.name, got, x.want)
		}
		if got := c.Halfway(x.from, x.to); !got.Equal(x.middle) {
			t.Errorf("%s: half is over at %v, want %v", x.name, got, x.middle)
		}
		if got := c.Open(x.from); got != x.open {
			t.Errorf("%s: open %v", x.name, got)
		}
	}
	if c.Open(at(18, 18, 0)) || !c.Open(at(18, 17, 59)) || c.Open(at(23, 10, 0)) {
		t.Error("closing time and holidays")
	}
}
