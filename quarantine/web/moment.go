package web

import (
	"fmt"
	"time"
)

// Moment is a time as a page shows it: for people in Text, for machines in ISO.
// The zero Moment shows nothing.
type Moment struct {
	Text string
	ISO  string
}

// reader is who a page is written for.
type reader struct {
	lang string
	zone *time.Location
	now  time.Time
	tr   *catalog
}

// t looks a sentence up and fills in the values, given as name, value pairs.
func (r reader) t(key string, pairs ...any) string { return r.tr.say(r.lang, key, pairs...) }

// when is a date with time, in the person's zone.
func (r reader) when(t time.Time) Moment {
	if t.IsZero() {
		return Moment{}
	}
	l := t.In(r.zone)
	text := l.Format("Mon 2 Jan 2006, 15:04")
	if r.lang == langJA {
		day := []string{"日", "月", "火", "水", "木", "金", "土"}[l.Weekday()]
		text = l.Format("2006年1月2日") + "(" + day + ") " + l.Format("15:04")
	}
	return Moment{Text: text, ISO: t.UTC().Format(time.RFC3339)}
}

// stamp is a date with time to the second, for records: the same in all
// languages, and whole on paper.
func (r reader) stamp(t time.Time) Moment {
	if t.IsZero() {
		return Moment{}
	}
	return Moment{Text: t.In(r.zone).Format("2006-01-02 15:04:05"), ISO: t.UTC().Format(time.RFC3339)}
}

// span is a length of time, rounded to what people would say.
func (r reader) span(d time.Duration) string {
	d = d.Abs()
	switch {
	case d < time.Minute:
		return r.t("span.seconds", "n", int(d.Seconds()))
	case d < time.Hour:
		return r.t("span.minutes", "n", int(d.Minutes()))
	case d < 48*time.Hour:
		h, m := int(d.Hours()), int(d.Minutes())%60
		if m == 0 || h >= 10 {
			return r.t("span.hours", "n", h)
		}
		return r.t("span.hours-minutes", "n", h, "m", m)
	}
	return r.t("span.days", "n", int(d.Hours()/24))
}

// left says how long until t, or that it is over; "" for no time.
func (r reader) left(t time.Time) string {
	switch d := t.Sub(r.now); {
	case t.IsZero():
		return ""
	case d <= 0:
		return r.t("span.over")
	default:
		return r.t("span.left", "span", r.span(d))
	}
}

// size is a number of octets for people.
func (r reader) size(n int64) string {
	switch {
	case n < 1000:
		return fmt.Sprintf("%d B", n)
	case n < 1000_000:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	case n < 1000_000_000:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	}
	return fmt.Sprintf("%.1f GB", float64(n)/1e9)
}

// number groups thousands.
func (r reader) number(n int) string {
	if n < 0 {
		return "-" + r.number(-n)
	}
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return r.number(n/1000) + fmt.Sprintf(",%03d", n%1000)
}
