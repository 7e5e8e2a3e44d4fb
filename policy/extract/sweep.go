package extract

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/charset"
)

// minRun is how many characters make a run worth keeping.
const minRun = 6

// sweep is the safety net: it looks for runs of text in bytes that nobody
// understood, in UTF-8, UTF-16, ISO-2022-JP, CP932, EUC-JP and ASCII. It finds
// what lies open in the bytes and nothing that is packed or encrypted, so the
// part keeps its Problem.
func (r *reading) sweep(data []byte) error {
	text, err := r.clip(sweepText(sweepable(data)))
	r.part().Swept = true
	if text != "" {
		r.swept("", text)
	}
	if err == nil && hasCharacterNumbers(text) { // a page that is damaged
		b := newBuilder(r)
		b.view = "as page"
		page := htmlReader{b: b}
		if err = page.read(text); err == nil {
			err = b.finish()
		}
	}
	if err != nil {
		return err
	}
	return r.inline(text)
}

// swept adds a text that a search found.
func (r *reading) swept(view, text string) {
	r.content(view, policy.Content{Text: text, Kind: policy.SweptText})
}

// mediaEnds is how much of each end of a picture, sound or film is swept: what
// lies between is packed, and sweeping costs some seconds for 50 MB.
const mediaEnds = 1 << 20

// sweepable is the part of the data that is worth the time.
func sweepable(data []byte) []byte {
	if len(data) <= 2*mediaEnds {
		return data
	}
	family, _, _ := strings.Cut(newProbe(&File{Data: data}).sniff(), "/")
	if family != "image" && family != "audio" && family != "video" {
		return data
	}
	return ends(data)
}

// ends are the first and last octets of packed data, all of it when it is short.
func ends(data []byte) []byte {
	if len(data) <= 2*mediaEnds {
		return data
	}
	return append(bytes.Clone(data[:mediaEnds]), data[len(data)-mediaEnds:]...)
}

// sweepText joins the runs found in data, one a line. Each octet belongs to one
// reading only: the surer encodings go first.
func sweepText(data []byte) string {
	s := sweeper{data: data, taken: make([]bool, len(data))}
	s.utf8()
	s.utf16(false)
	s.utf16(true)
	s.escapes()
	s.double(charset.DoubleByte("shift_jis"), true)
	s.double(charset.DoubleByte("euc-jp"), false)
	s.ascii()
	return s.out.String()
}

type sweeper struct {
	data  []byte
	taken []bool
	out   strings.Builder
	run   []rune // a buffer
}

func (s *sweeper) take(start, end int, text string) {
	for i := start; i < end; i++ {
		s.taken[i] = true
	}
	s.out.WriteString(valid(strings.TrimSpace(text)))
	s.out.WriteByte('\n')
}

// utf8 takes runs with at least two characters beyond ASCII.
func (s *sweeper) utf8() {
	for i := 0; i < len(s.data); {
		if c := s.data[i]; c < 0x20 || c >= 0x80 && c < 0xc2 { // cannot begin a run
			i++
			continue
		}
		start, chars, wide, foreign := i, 0, 0, 0
		for i < len(s.data) {
			c, size := utf8.DecodeRune(s.data[i:])
			class := charset.ClassOf(c)
			if c == utf8.RuneError || class == charset.Odd {
				break
			}
			if class != charset.ASCII {
				wide++
			}
			if class == charset.Foreign || class == charset.Rare {
				foreign++
			}
			chars++
			i += size
		}
		// Two octets make a foreign letter easily, three hardly ever a kanji.
		if chars >= minRun && wide >= 2 && (foreign*2 <= wide || chars >= 4*minRun) {
			s.take(start, i, string(s.data[start:i]))
		}
		i++
	}
}

// utf16 takes runs of 16-bit units in one byte order, at any alignment.
func (s *sweeper) utf16(big bool) {
	table := charset.Classes()
	for i := 0; i+1 < len(s.data); {
		if table[charset.Unit16(s.data[i], s.data[i+1], big)] == charset.Odd {
			i++
			continue
		}
		start, sure, kanji, printable := i, 0, 0, 0
		for i+1 < len(s.data) && !s.taken[i] && !s.taken[i+1] {
			class := table[charset.Unit16(s.data[i], s.data[i+1], big)]
			if class == charset.Odd || class == charset.Foreign {
				break
			}
			if class == charset.ASCII || class == charset.Kana {
				sure++
			} else if class != charset.Rare {
				kanji++
			}
			if isPrintable(s.data[i]) && isPrintable(s.data[i+1]) {
				printable++
			}
			i += 2
		}
		units := (i - start) / 2
		// Plain ASCII read in pairs makes kanji; a name alone is kanji as well,
		// but its octets are not all printable.
		plausible := sure*2 >= units || printable*2 < units && (sure+kanji)*10 >= units*8
		if units >= minRun && plausible && s.betterOrder(start, i, big) {
			s.take(start, i, charset.UTF16(s.data[start:i], big))
			continue
		}
		i = start + 1
		if units > minRun {
			i = start + (units-minRun)*2 + 1
		}
	}
}

// betterOrder tells that a run reads better this way than in the other byte order
// one octet aside, where kana look much the same.
func (s *sweeper) betterOrder(start, end int, big bool) bool {
	mean := func(from, to int, big bool) float64 {
		if from < 0 || to > len(s.data) {
			return -2
		}
		sum := 0.0
		for i := from; i+1 < to; i += 2 {
			c := charset.Classes()[charset.Unit16(s.data[i], s.data[i+1], big)]
			if c == charset.ASCII {
				sum++
			} else {
				sum += c.Weight()
			}
		}
		return sum / float64((to-from)/2)
	}
	here := mean(start, end, big)
	return here >= mean(start-1, end-1, !big) && here >= mean(start+1, end+1, !big)
}

// escapes takes stretches of seven-bit text that shift into JIS X 0208.
func (s *sweeper) escapes() {
	for from := 0; ; {
		i := bytes.Index(s.data[from:], []byte("\x1b$"))
		if i < 0 {
			return
		}
		start, end := from+i, from+i
		for start > from && isPrintable(s.data[start-1]) {
			start--
		}
		for end < len(s.data) && (isPrintable(s.data[end]) || bytes.IndexByte([]byte("\x1b\r\n"), s.data[end]) >= 0) {
			end++
		}
		d := charset.As(s.data[start:end], "iso-2022-jp")
		if end-start >= minRun && d.Bad*10 < len(d.Text) {
			s.take(start, end, d.Text)
		}
		from = end
	}
}

// double takes runs in a double-byte charset whose characters are likely ones.
func (s *sweeper) double(table *[1 << 16]uint16, sjis bool) {
	for i := 0; i < len(s.data); {
		if s.taken[i] || s.data[i] < 0x20 && s.data[i] != '\t' {
			i++
			continue
		}
		end, text, good := s.doubleRun(i, table, sjis)
		if good {
			s.take(i, end, text)
			i = end
			continue
		}
		// A stray lead octet in front puts the run out of step: try once more.
		if next, text, good := s.doubleRun(i+1, table, sjis); good {
			s.take(i+1, next, text)
			end = next
		}
		i = max(end, i+1)
	}
}

func (s *sweeper) doubleRun(i int, table *[1 << 16]uint16, sjis bool) (int, string, bool) {
	run := s.run[:0]
	kinds := charset.Classes()
	japanese, mixed := 0, 0
	for i < len(s.data) && !s.taken[i] {
		c := s.data[i]
		if n := len(run); n > 0 && (run[n-1] < 0x80) != (c < 0x80) {
			mixed++
		}
		if isPrintable(c) || c == '\r' || c == '\n' {
			run = append(run, rune(c))
			i++
			continue
		}
		if sjis && c >= 0xa1 && c <= 0xdf {
			run = append(run, rune(c)+0xff61-0xa1)
			i++
			continue
		}
		if i+1 >= len(s.data) || s.taken[i+1] {
			break
		}
		u := table[int(c)<<8|int(s.data[i+1])]
		if u == 0 {
			break
		}
		if k := kinds[u]; k == charset.Common || k == charset.Kana {
			japanese++
		}
		run = append(run, rune(u))
		i += 2
	}
	// Packed data makes short runs that change between ASCII and kanji all the time.
	s.run = run
	if len(run) < minRun || japanese < 2 || mixed*3 > len(run) {
		return i, "", false
	}
	text := string(run)
	return i, text, charset.Score(text) >= 0.6
}

// ascii takes what is left of printable characters.
func (s *sweeper) ascii() {
	for i := 0; i < len(s.data); i++ {
		start := i
		for i < len(s.data) && !s.taken[i] && isPrintable(s.data[i]) {
			i++
		}
		if i-start >= minRun {
			s.take(start, i, string(s.data[start:i]))
		}
	}
}

func isPrintable(c byte) bool { return c >= 0x20 && c < 0x7f || c == '\t' }
