package extract

import "strings"

// sstReader walks over the string table and the CONTINUE records behind it.
type sstReader struct {
	segments [][]byte
	seg, pos int
}

// readSST reads the shared strings (MS-XLS 2.4.265). A string's characters may
// go on in the next record, which then begins with a new width octet.
func readSST(rec biffRecord) []string {
	s := &sstReader{segments: append([][]byte{rec.data}, rec.more...), pos: 8}
	count := int(le32(rec.data[4:]))
	var out []string
	for len(out) < count && s.more() {
		text, ok := s.string()
		if !ok {
			break
		}
		out = append(out, text)
	}
	return out
}

// more moves over exhausted segments.
func (s *sstReader) more() bool {
	for s.seg < len(s.segments) && s.pos >= len(s.segments[s.seg]) {
		s.seg++
		s.pos = 0
	}
	return s.seg < len(s.segments)
}

func (s *sstReader) byte() (byte, bool) {
	if !s.more() {
		return 0, false
	}
	c := s.segments[s.seg][s.pos]
	s.pos++
	return c, true
}

func (s *sstReader) word() (int, bool) {
	lo, _ := s.byte()
	hi, ok := s.byte()
	return int(lo) | int(hi)<<8, ok
}

func (s *sstReader) skip(n int) {
	for n > 0 && s.more() {
		step := min(n, len(s.segments[s.seg])-s.pos)
		s.pos += step
		n -= step
	}
}

func (s *sstReader) string() (string, bool) {
	n, _ := s.word()
	flags, ok := s.byte()
	if !ok {
		return "", false
	}
	runs, ext := 0, 0
	if flags&8 != 0 {
		runs, _ = s.word()
	}
	if flags&4 != 0 {
		lo, _ := s.word()
		hi, _ := s.word()
		ext = lo | hi<<16
	}
	text := s.chars(n, flags&1 != 0)
	s.skip(4 * runs)
	s.skip(ext)
	return text, true
}

func (s *sstReader) chars(n int, wide bool) string {
	var b strings.Builder
	for n > 0 && s.seg < len(s.segments) {
		if s.pos >= len(s.segments[s.seg]) {
			s.seg++
			if s.seg >= len(s.segments) || len(s.segments[s.seg]) == 0 {
				break
			}
			wide = s.segments[s.seg][0]&1 != 0
			s.pos = 1
			continue
		}
		left := s.segments[s.seg][s.pos:]
		step := min(n, len(left))
		if wide {
			if step = min(n, len(left)/2); step == 0 {
				s.pos = len(s.segments[s.seg])
				continue
			}
			b.WriteString(biffChars(left, step, true))
			s.pos += 2 * step
		} else {
			b.WriteString(biffChars(left, step, false))
			s.pos += step
		}
		n -= step
	}
	return b.String()
}
