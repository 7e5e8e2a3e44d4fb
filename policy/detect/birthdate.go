package detect

import (
	"strings"
	"unicode/utf8"
)

// birthDate is a date of birth: Western or Japanese era, with the calendar and
// the limits of the eras checked (Era Name Act; 昭和 ends on 7 January 1989, 平成
// on 30 April 2019). A date alone is nobody's birthday: a label, a column or
// 「生」 behind it says so.
var birthDate = &kind{
	name: "birth_date", severity: sevSingle, ja: "生年月日", en: "date of birth", mustLabel: true, tight: true,
	labels: []string{"生年月日", "seinengappi", "seinen_gappi", "誕生日", "お誕生日", "出生日", "生まれ年月日", "date of birth", "birth date", "birthdate", "birthday", "bday", "dob", "d.o.b", "born on", "born", "birth_date", "birth", "お生まれ", "ご生年月日", "生まれた日", "生年は", "生まれは", "お誕生", "出生年月日", "geburtsdatum", "geboren am", "date de naissance", "né le", "née le", "geboren", "geb", "geboren op", "geboortedatum", "nacido el", "nacida el", "nato il", "nata il", "nascido em", "nascida em", "urodzony", "urodzona", "data urodzenia", "född", "født", "narozen",
		"fecha de nacimiento", "data di nascita", "출생일", "생년월일", "出生日期"},
	headers: []string{"たんじょう", "生年", "誕生", "生まれ", "出生", "birth", "おたんじょうび", "たんじょうび", "たんじょう日", "うまれた日", "せいねんがっぴ"},
	cell:    cellDate,
}

// dates calls emit for every date that begins with the first group of r.
func (v *view) dates(r run, emit func(candidate)) {
	for i := 0; i < len(r); i++ {
		d, ok := dateAt(v.s, r[i].start, r[i].end)
		if !ok {
			continue
		}
		c := candidate{kind: birthDate, start: d.start, end: d.end, match: match{norm: d.norm()}}
		if saysBorn(v.s[d.end:min(len(v.s), d.end+24)]) || bornBefore(v.leftOf(d.start)) {
			c.points, c.why, c.label = ptLabel, whyLabel, "生"
		}
		v.genderBeside(&c, emit)
		v.genderBefore(&c, emit)
		emit(c)
		for i+1 < len(r) && r[i+1].start < d.end {
			i++
		}
	}
}

// saysBorn tells that the words behind a date make it one of birth: 生, のお生まれ. The
// name of the next field (生年月日) does not.
func saysBorn(rest string) bool {
	t := strings.TrimLeft(rest, " (")
	for _, joint := range []string{"の", "に"} {
		if after, ok := strings.CutPrefix(t, joint); ok {
			return hasAnyPrefix(after, []string{"お生まれ", "生まれ", "お生れ", "生れ"})
		}
	}
	if after, ok := strings.CutPrefix(t, "出生"); ok {
		return !hasAnyPrefix(after, []string{"地", "届", "証", "年", "日", "率", "数", "前"})
	}
	return strings.HasPrefix(t, "お生まれ") || strings.HasPrefix(t, "生") && !hasAnyPrefix(t, []string{"生年", "生徒", "生産", "生活", "生命"})
}

// bornBefore tells that a line says before a date that it is one of birth: (b. 3 May 1991),
// 二女 令和3年12月25日.
func bornBefore(left string) bool {
	t := strings.TrimRight(left, " ")
	return strings.HasSuffix(t, "(b.") || len(t) < len(left) && hasAnySuffix(t, childWords)
}

// childWords tell which child of a family somebody is.
var childWords = []string{"長男", "長女", "次男", "次女", "二男", "二女", "三男", "三女", "第一子", "第二子", "第三子"}

func cellDate(s string) (match, bool) {
	i := 0
	for i < len(s) && !isDigit(s[i]) {
		i++
	}
	if i == len(s) {
		i = -1
	}
	if i < 0 {
		if date, n := kanjiDate(s); n > 0 && strings.TrimRight(s[n:], " 生まれ)") == "" {
			return match{norm: date.norm(), points: 1}, true
		}
	}
	if i < 0 {
		return match{}, false
	}
	e := i
	for e < len(s) && isDigit(s[e]) {
		e++
	}
	d, ok := dateAt(s, i, e)
	if !ok || d.start > 2 || strings.TrimRight(s[d.end:], " 0:生まれ)") != "" {
		return match{}, false
	}
	return match{start: d.start, end: d.end, norm: d.norm(), points: 1}, true
}

// birthColumn tells a column of birth dates that no header names, in a table of
// people: dates of long ago that lie far apart.
func (d *Detector) birthColumn(g *grid, col int) bool {
	n, good, first, last := 0, 0, 9999, 0
	if g.people() {
		g.each(col, func(_ int, s string) bool {
			n++
			if m, ok := cellDate(s); ok {
				if y := atoi(m.norm[:4]); y >= 1920 && y <= 2015 {
					good++
					first, last = min(first, y), max(last, y)
				}
			}
			return n < sampleRows
		})
	}
	return n >= voteRows && good*10 >= n*9 && last-first >= 15
}

type date struct {
	y, m, d    int
	start, end int
}

func (d date) norm() string {
	b := []byte("0000-00-00")
	for i, v := 3, d.y; i >= 0; i, v = i-1, v/10 {
		b[i] += byte(v % 10)
	}
	b[5], b[6] = '0'+byte(d.m/10), '0'+byte(d.m%10)
	b[8], b[9] = '0'+byte(d.d/10), '0'+byte(d.d%10)
	return string(b)
}

// eras are written forms, first year and the last day that exists.
var eras = []struct {
	name string
	base int
	last string
}{
	{"明治", 1867, "1912-07-30"}, {"大正", 1911, "1926-12-25"}, {"昭和", 1925, "1989-01-07"}, {"平成", 1988, "2019-04-30"}, {"令和", 2018, "2100-01-01"},
	{"明", 1867, "1912-07-30"}, {"大", 1911, "1926-12-25"}, {"昭", 1925, "1989-01-07"}, {"平", 1988, "2019-04-30"}, {"令", 2018, "2100-01-01"},
	{"M", 1867, "1912-07-30"}, {"T", 1911, "1926-12-25"}, {"S", 1925, "1989-01-07"}, {"H", 1988, "2019-04-30"}, {"R", 2018, "2100-01-01"},
	{"s", 1925, "1989-01-07"}, {"h", 1988, "2019-04-30"},
}

// eraEnds are the last bytes of eras: most numbers have none before them.
var eraEnds = func() (t [256]bool) {
	for _, era := range eras {
		t[era.name[len(era.name)-1]] = true
	}
	return t
}()

// dateAt reads the date whose first digits are s[i:e].
func dateAt(s string, i, e int) (date, bool) {
	if d, ok := eraDate(s, i, e); ok {
		return d, true
	}
	if i > 0 && (wordByte(s[i-1]) || (s[i-1] == '-' || s[i-1] == '/' || s[i-1] == '.') && i > 1 && isDigit(s[i-2])) {
		return englishDate(s, i, e)
	}
	switch e - i {
	case 8:
		d := date{atoi(s[i : i+4]), atoi(s[i+4 : i+6]), atoi(s[i+6 : e]), i, e}
		return d, d.valid() && freeEnd(s, e)
	case 4:
		if n := otherCalendar(s, e); n > 0 { // 1950年(昭和25年)9月11日
			if m, day := monthDay(s[n:]); m > 0 {
				d := date{atoi(s[i:e]), m, day, i, n + monthDayLen(s[n:])}
				return d, d.valid()
			}
		}
		if m, k, ok := datePart(s, e, "年"); ok {
			if day, k2, ok := datePart(s, k, "月"); ok {
				d := date{atoi(s[i:e]), m, day, i, skipWord(s, k2, "日")}
				return d, d.valid() && freeEnd(s, k2)
			}
		}
	case 1, 2:
		return englishDate(s, i, e)
	}
	return date{}, false
}

// eraDate reads a date of the Japanese calendar whose year is s[i:e].
func eraDate(s string, i, e int) (date, bool) {
	if i == 0 {
		return date{}, false
	}
	left := s[:i]
	if n := len(left); n > 0 && left[n-1] == ' ' || strings.HasSuffix(left, "・") {
		left = strings.TrimRight(left, " ")
	}
	first := strings.HasSuffix(left, "元年")
	left = strings.TrimSuffix(left, "元年")
	if left == "" || !eraEnds[left[len(left)-1]] {
		return date{}, false
	}
	for _, era := range eras {
		if !strings.HasSuffix(left, era.name) {
			continue
		}
		start := len(left) - len(era.name)
		if isLetter(era.name[0]) && start > 0 && (wordByte(s[start-1]) || s[start-1] == '-') {
			continue
		}
		d := date{start: start, y: era.base + 1}
		ok := false
		switch {
		case first:
			d.m = atoi(s[i:min(e, i+2)])
			d.d, d.end, ok = datePart(s, e, "月")
		case e-i == 6:
			d.y, d.m, d.d, d.end, ok = era.base+atoi(s[i:i+2]), atoi(s[i+2:i+4]), atoi(s[i+4:e]), e, true
		case e-i == 7 && s[i] == '0':
			d.y, d.m, d.d, d.end, ok = era.base+atoi(s[i+1:i+3]), atoi(s[i+3:i+5]), atoi(s[i+5:e]), e, true
		case e-i <= 2:
			d.y = era.base + atoi(s[i:e])
			var k int
			if n := otherCalendar(s, e); n > 0 { // 昭和25年(1950年)9月11日
				if d.m, d.d = monthDay(s[n:]); d.m > 0 {
					d.end, ok = n+monthDayLen(s[n:]), true
				}
			} else if d.m, k, ok = datePart(s, e, "年"); ok {
				d.d, d.end, ok = datePart(s, k, "月")
			}
		}
		if ok && d.valid() && d.norm() <= era.last && freeEnd(s, d.end) {
			d.end = skipWord(s, d.end, "日")
			return d, true
		}
	}
	return date{}, false
}

// datePart reads a separator (the kanji word, or one of . / -) and a number of
// one or two digits behind it.
func datePart(s string, i int, word string) (n, end int, ok bool) {
	for i < len(s) && s[i] == ' ' {
		i++
	}
	switch {
	case strings.HasPrefix(s[i:], word):
		i += len(word)
	case strings.HasPrefix(s[i:], "・"):
		i += len("・")
	case i < len(s) && (s[i] == '.' || s[i] == '/' || s[i] == '-' || s[i] == ',' || s[i] == '\t'):
		i++
	default:
		return 0, 0, false
	}
	for i < len(s) && s[i] == ' ' {
		i++
	}
	e := i
	for e < len(s) && e < i+2 && isDigit(s[e]) {
		e++
	}
	return atoi(s[i:e]), e, e > i
}

func skipWord(s string, i int, word string) int {
	j := i
	for j < len(s) && s[j] == ' ' {
		j++
	}
	if strings.HasPrefix(s[j:], word) {
		return j + len(word)
	}
	return i
}

func freeEnd(s string, e int) bool {
	return e >= len(s) || !wordByte(s[e]) && (s[e] != '-' && s[e] != '/' && s[e] != '.' || e+1 >= len(s) || !isDigit(s[e+1]))
}

// englishDate reads 12/03/1985, 12 March 1985 and March 12, 1985; s[i:e] are the
// first digits.
func englishDate(s string, i, e int) (date, bool) {
	if e-i > 2 || i > 0 && wordByte(s[i-1]) {
		return date{}, false
	}
	a := atoi(s[i:e])
	if month, start := monthBefore(s, i); month > 0 {
		k := e
		for k < len(s) && strings.IndexByte(" ,stndrh", s[k]) >= 0 {
			k++
		}
		y, end, ok := yearAt(s, k)
		d := date{y, month, a, start, end}
		return d, ok && d.valid()
	}
	if month, k := monthAfter(s, e); month > 0 {
		y, end, ok := yearAt(s, k)
		d := date{y, month, a, i, end}
		return d, ok && d.valid()
	}
	b, k, ok := datePart(s, e, "/")
	if !ok || k >= len(s) || s[k] != s[e] {
		return date{}, false
	}
	y, end, ok := yearAt(s, k+1)
	if !ok {
		return date{}, false
	}
	d := date{y, a, b, i, end}
	if !d.valid() {
		d.m, d.d = b, a
	}
	return d, d.valid()
}

func yearAt(s string, i int) (y, end int, ok bool) {
	e := i
	for e < len(s) && isDigit(s[e]) {
		e++
	}
	return atoi(s[i:min(e, i+4)]), e, e-i == 4
}

var months = []string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}

func monthBefore(s string, i int) (month, start int) {
	k := i
	for k > 0 && (s[k-1] == ' ' || s[k-1] == '.' || s[k-1] == '-') {
		k--
	}
	start = k
	for start > 0 && isLetter(s[start-1]) {
		start--
	}
	return monthWord(s[start:k]), start
}

func monthAfter(s string, e int) (month, next int) {
	k := e
	for k < len(s) && strings.IndexByte(" -.stndrh", s[k]) >= 0 && k < e+4 {
		k++
	}
	if strings.HasPrefix(s[e:], " de ") {
		k = e + len(" de ") // 2 de febrero de 1991
	}
	for back := k; back >= e; back-- {
		w := back + letters(s[back:])
		if m := monthWord(s[back:w]); m > 0 {
			w += anyPrefix(s[w:], []string{" de ", " del "})
			for w < len(s) && strings.IndexByte(" ,.-", s[w]) >= 0 {
				w++
			}
			return m, w
		}
	}
	return 0, 0
}

func monthWord(w string) int {
	if len(w) < 3 || len(w) > longestMonth {
		return 0
	}
	low := lower(w)
	for i, m := range months {
		if low[:3] == m && len(w) <= len("september") {
			return i + 1
		}
	}
	return monthsAbroad[plainLatin(low)]
}

// valid leaves out the first day of 1900, which programs write where there is no date.
func (d date) valid() bool {
	return d.y >= 1868 && d.y <= 2099 && validDate(d.y, d.m, d.d) && (d.y != 1900 || d.m > 1 || d.d > 1)
}

func validDate(y, m, d int) bool {
	if m < 1 || m > 12 || d < 1 {
		return false
	}
	days := []int{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}[m-1]
	if m == 2 && (y%4 == 0 && y%100 != 0 || y%400 == 0) {
		days = 29
	}
	return d <= days
}

// otherCalendar is where a year ends behind which the same year of the other
// calendar stands in brackets; 0 for none.
func otherCalendar(s string, e int) int {
	if !strings.HasPrefix(s[e:], "年(") {
		return 0
	}
	i := e + len("年(")
	n := strings.IndexByte(s[i:min(len(s), i+24)], ')')
	if n < 0 || !strings.HasSuffix(s[i:i+n], "年") {
		return 0
	}
	return i + n + 1
}

// monthDay reads 9月11日; month is 0 for anything else.
func monthDay(s string) (month, day int) {
	a := span(s, isDigit, 2)
	if a == 0 || !strings.HasPrefix(s[a:], "月") {
		return 0, 0
	}
	rest := s[a+len("月"):]
	b := span(rest, isDigit, 2)
	if b == 0 || !strings.HasPrefix(rest[b:], "日") {
		return 0, 0
	}
	return atoi(s[:a]), atoi(rest[:b])
}

// monthDayLen is the length of what monthDay has read.
func monthDayLen(s string) int { return strings.Index(s, "日") + len("日") }

// kanjiDate reads a date of an era in kanji digits at the start of s: 昭和六十三年
// 七月八日; n is its length, 0 for none.
func kanjiDate(s string) (d date, n int) {
	if d, n = westernKanji(s); n > 0 {
		return d, n
	}
	for _, era := range eras {
		rest, ok := strings.CutPrefix(s, era.name)
		if !ok || era.name[0] < 0x80 {
			continue
		}
		year, rest, ok1 := kanjiCount(rest, "年")
		month, rest, ok2 := kanjiCount(rest, "月")
		day, rest, ok3 := kanjiCount(rest, "日")
		d = date{y: era.base + year, m: month, d: day, end: len(s) - len(rest)}
		if ok1 && ok2 && ok3 && d.valid() && d.norm() <= era.last {
			return d, d.end
		}
	}
	return date{}, 0
}

// kanjiCount reads a number below 100 in kanji (六十三, 十, 二〇, 元) and the word
// behind it.
func kanjiCount(s, word string) (n int, rest string, ok bool) {
	number, rest, found := strings.Cut(s, word)
	if !found || number == "" || utf8.RuneCountInString(number) > 3 {
		return 0, s, false
	}
	if number == "元" {
		return 1, rest, true
	}
	tens := false
	for _, r := range number {
		switch k := kanjiDigit(r); {
		case r == '十':
			n, tens = max(n, 1)*10, true
		case k < 0:
			return 0, s, false
		case tens:
			n += k
		default:
			n = n*10 + k
		}
	}
	return n, rest, true
}

// findKanjiBirth finds dates of birth in kanji digits behind their label.
func findKanjiBirth(d *Detector, v *view, emit func(candidate)) {
	d.eachLabel(v, birthDate, func(m labelHit) {
		i := skipLabel(v.s, m.end)
		if date, n := kanjiDate(v.s[i:min(len(v.s), i+60)]); n > 0 {
			emit(candidate{kind: birthDate, start: i, end: i + n, label: v.s[m.start:m.end],
				match: match{norm: date.norm(), points: 5, why: whyLabel}})
		}
	})
	if !v.may(livingEras...) {
		return
	}
	for i := anEra.next(v.s, 0); i >= 0; i = anEra.next(v.s, i+len("昭和")) { // 昭和三十四年三月十八日生
		date, n := kanjiDate(v.s[i:min(len(v.s), i+60)])
		if n == 0 {
			continue
		}
		c := candidate{kind: birthDate, start: i, end: i + n, match: match{norm: date.norm()}}
		if saysBorn(v.s[i+n:]) {
			c.points, c.why, c.label = ptLabel, whyLabel, "生"
		}
		v.genderBeside(&c, emit)
		emit(c)
	}
}

// livingEras are those that people alive were born in.
var livingEras = []string{"昭和", "平成", "大正", "令和"}

var anEra = newAnyWord(livingEras...)
