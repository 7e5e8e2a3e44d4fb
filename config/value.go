package config

import (
	"errors"
	"fmt"
	"math"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// Duration is a length of time, written with a unit: 30s, 5m, 1h30m, 5d.
type Duration time.Duration

// Std is the standard library's value.
func (d Duration) Std() time.Duration { return time.Duration(d) }

// String writes it as a person would: 24h, not 24h0m0s; days from two on.
func (d Duration) String() string {
	const day = 24 * time.Hour
	std := time.Duration(d)
	if std >= 2*day && std%day == 0 {
		return strconv.FormatInt(int64(std/day), 10) + "d"
	}
	s := std.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// UnmarshalText reads "90s", "1h30m" or "5d". A number without a unit and a
// negative length are errors.
func (d *Duration) UnmarshalText(b []byte) error {
	s := string(b)
	if isNumber(s) {
		return fmt.Errorf("%s has no unit; write %ss, %sm or %sh", s, s, s, s)
	}
	if days, ok := strings.CutSuffix(s, "d"); ok && isNumber(days) {
		n, err := strconv.ParseInt(days, 10, 64)
		if err != nil || n > math.MaxInt64/int64(24*time.Hour) {
			return fmt.Errorf("%q is too long", s)
		}
		*d = Duration(n) * Duration(24*time.Hour)
		return nil
	}
	v, err := time.ParseDuration(s)
	if err != nil || v < 0 {
		return fmt.Errorf("%q is not a length of time; write a number and a unit: 30s, 5m, 24h, 5d", s)
	}
	*d = Duration(v)
	return nil
}

// Size is a number of octets, written with a unit: 25MB (10^6) or 256KiB (2^10).
type Size int64

// Int64 is the number of octets.
func (s Size) Int64() int64 { return int64(s) }

type unit struct {
	name   string
	octets int64
}

// units are tried in this order, so that longer names come first.
var units = []unit{
	{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30},
	{"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"B", 1},
}

// String writes the largest unit that leaves a whole number.
func (s Size) String() string {
	best := unit{"B", 1}
	for _, u := range units {
		if s != 0 && int64(s)%u.octets == 0 && u.octets > best.octets {
			best = u
		}
	}
	return strconv.FormatInt(int64(s)/best.octets, 10) + best.name
}

// UnmarshalText reads "25MB" or "256KiB"; case does not matter.
func (s *Size) UnmarshalText(b []byte) error {
	text := string(b)
	if isNumber(text) {
		return fmt.Errorf("%s has no unit; write %sB for octets, or a size like 256KiB, 25MB, 1GiB", text, text)
	}
	for _, u := range units {
		cut := len(text) - len(u.name)
		if cut <= 0 || !strings.EqualFold(text[cut:], u.name) {
			continue
		}
		number := strings.TrimSpace(text[:cut])
		if !isNumber(number) {
			break
		}
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil || n < 0 || n > math.MaxInt64/u.octets {
			return fmt.Errorf("%q is out of range", text)
		}
		*s = Size(n * u.octets)
		return nil
	}
	return fmt.Errorf("%q is not a size; write a whole number and a unit: 256KiB, 25MB, 1GiB", text)
}

// Deadline is a length of time, either by the clock or in working hours.
type Deadline struct {
	// Length is the time to wait. A working day is the working hours of a day;
	// Days tells how many there are, and Length is 0 then.
	Length time.Duration
	Days   int
	// Working tells that only working hours count.
	Working bool
}

// String is how it is written in the file.
func (d Deadline) String() string {
	switch {
	case d.Days > 0:
		return fmt.Sprintf("%d working days", d.Days)
	case d.Working:
		return fmt.Sprintf("%d working hours", int(d.Length/time.Hour))
	default:
		return Duration(d.Length).String()
	}
}

// UnmarshalText reads "24h", "8 working hours" or "3 working days".
func (d *Deadline) UnmarshalText(b []byte) error {
	words := strings.Fields(string(b))
	if len(words) == 3 && words[1] == "working" && isNumber(words[0]) {
		n, err := strconv.Atoi(words[0])
		switch unit := strings.TrimSuffix(words[2], "s"); {
		case err != nil || n < 1 || n > 10000:
			return fmt.Errorf("%q is out of range; write 1 to 10000", string(b))
		case unit == "hour":
			*d = Deadline{Length: time.Duration(n) * time.Hour, Working: true}
			return nil
		case unit == "day":
			*d = Deadline{Days: n, Working: true}
			return nil
		}
	}
	var plain Duration
	if err := plain.UnmarshalText(b); err != nil || plain == 0 {
		return fmt.Errorf("%q is not a deadline; write 24h, 8 working hours or 3 working days", string(b))
	}
	*d = Deadline{Length: plain.Std()}
	return nil
}

// Clock is a time of day in minutes since midnight; 24:00 is the day's end.
type Clock int

// String is "09:00".
func (c Clock) String() string { return fmt.Sprintf("%02d:%02d", int(c)/60, int(c)%60) }

// UnmarshalText reads "09:00".
func (c *Clock) UnmarshalText(b []byte) error {
	s := string(b)
	hours, minutes, ok := strings.Cut(s, ":")
	h, herr := strconv.ParseUint(hours, 10, 8)
	m, merr := strconv.ParseUint(minutes, 10, 8)
	if !ok || herr != nil || merr != nil || len(minutes) != 2 || m > 59 || h*60+m > 24*60 {
		return fmt.Errorf("%q is not a time of day; write it like \"09:00\"", s)
	}
	*c = Clock(h*60 + m)
	return nil
}

// Date is a day of the calendar; the zero Date is none.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// IsZero tells that no day is named.
func (d Date) IsZero() bool { return d == Date{} }

// End is the moment at which the day is over in loc; the zero time for no day.
func (d Date) End(loc *time.Location) time.Time {
	if d.IsZero() {
		return time.Time{}
	}
	return time.Date(d.Year, d.Month, d.Day+1, 0, 0, 0, 0, loc)
}

// String is "2027-03-31".
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day)
}

// UnmarshalText reads "2027-03-31".
func (d *Date) UnmarshalText(b []byte) error {
	t, err := time.Parse(time.DateOnly, string(b))
	if err != nil {
		return fmt.Errorf("%q is not a day of the calendar; write it like 2027-03-31", string(b))
	}
	d.Year, d.Month, d.Day = t.Date()
	return nil
}

// Network is a range of addresses; a single address is one of itself.
type Network struct{ netip.Prefix }

// UnmarshalText reads "10.0.0.0/8" or "192.0.2.7". Bits behind the prefix are
// an error, since they show that something else was meant.
func (n *Network) UnmarshalText(b []byte) error {
	s := string(b)
	if a, err := netip.ParseAddr(s); err == nil && a.Zone() == "" {
		a = a.Unmap()
		n.Prefix = netip.PrefixFrom(a, a.BitLen())
		return nil
	}
	p, err := netip.ParsePrefix(s)
	if err != nil {
		return fmt.Errorf("%q is not a network; write it like 10.0.0.0/8 or 192.0.2.7", s)
	}
	if p.Masked() != p {
		return fmt.Errorf("%q names one address in a network; write %s for the network or %s for the address",
			s, p.Masked(), p.Addr())
	}
	n.Prefix = p
	return nil
}

// Secret is a value that never shows in logs or dumps.
type Secret struct{ s string }

// NewSecret keeps s.
func NewSecret(s string) Secret { return Secret{s} }

// Reveal is the value itself.
func (s Secret) Reveal() string { return s.s }

// String hides the value.
func (s Secret) String() string { return "(secret)" }

// GoString hides the value from %#v.
func (s Secret) GoString() string { return "(secret)" }

// MarshalText hides the value.
func (s Secret) MarshalText() ([]byte, error) { return []byte("(secret)"), nil }

// UnmarshalText refuses: secrets come from files.
func (s *Secret) UnmarshalText([]byte) error {
	return errors.New("a secret is read from a file, never from here")
}

// isNumber tells a plain decimal number, sign and point allowed.
func isNumber(s string) bool {
	digits := strings.TrimLeft(s, "+-")
	return digits != "" && strings.Trim(digits, "0123456789._") == "" && strings.ContainsAny(digits, "0123456789")
}
