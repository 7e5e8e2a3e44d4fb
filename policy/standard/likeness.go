package standard

import (
	"math/bits"
	"strings"

	"github.com/sekisho-mail/sekisho/policy"
)

// Bounds of what likeness looks at: the beginning of a text says whether it is one of
// many, and an ordinary mail must not become dearer by it.
const (
	likenessText  = 1 << 10 // octets of each text; of its sentences half as many
	likenessPiece = 14      // the shortest piece that says anything, in octets
	likenessLines = 6       // with fewer lines, sentences are looked at
)

// likeness is the number that policy.Message tells of. Of a template that is filled in
// for each recipient most lines stay what they are. So the text is cut into pieces,
// those with numbers, addresses and links are left out, and so is a greeting; of the
// others' checksums the two lowest tell one text from another. What is filled in into
// one piece of ten moves them in a fifth of the mails (Broder, On the resemblance and
// containment of documents, 1997). Two, since one line that all mails of a company
// have would otherwise make them alike. files stands for what is attached.
func likeness(contents []policy.Content, files int64) int64 {
	var s sketch
	for _, fine := range []bool{false, true} {
		s = sketch{}
		most := likenessText
		if fine {
			most /= 2
		}
		for i := range contents {
			if c := &contents[i]; c.Kind == policy.BodyText && c.View == "" {
				s.text(beginning(c.Text, most), fine)
			}
		}
		if s.pieces >= likenessLines {
			break
		}
	}
	if s.pieces == 0 { // all of it is short, or filled in
		for i := range contents {
			if c := &contents[i]; c.Kind == policy.BodyText && c.View == "" {
				if all := strings.TrimSpace(c.Text); all != "" {
					h, _ := checksum(all)
					s.add(h)
				}
			}
		}
	}
	if s.pieces == 0 {
		return files
	}
	return int64(stirred(s.least^stirred(s.second^uint64(files))) & (1<<52 - 1)) //nolint:gosec // what a JSON number holds exactly
}

// beginning is the first lines of a text.
func beginning(t string, most int) string {
	if len(t) <= most {
		return t
	}
	t = t[:most]
	return t[:max(strings.LastIndexByte(t, '\n'), most/2)]
}

// sketch gathers the pieces of a mail.
type sketch struct {
	pieces        int
	least, second uint64
}

// text adds the pieces of one text: its lines, or what stands between marks of
// punctuation.
func (s *sketch) text(t string, fine bool) {
	for first := true; t != ""; {
		var line string
		line, t, _ = strings.Cut(t, "\n")
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if !first || len(line) > 4*likenessPiece { // a greeting is short
			s.line(line, fine)
		}
		first = false
	}
}

func (s *sketch) line(line string, fine bool) {
	switch {
	case !fine && strings.Contains(line, "://"):
	case !fine:
		s.piece(line)
	default:
		for len(line) >= likenessPiece {
			n, mark := sentenceEnd(line)
			s.piece(strings.TrimSpace(line[:n]))
			line = line[n+mark:]
			if strings.HasPrefix(line, "//") { // a link, up to its end
				_, line, _ = strings.Cut(line, " ")
			}
		}
	}
}

// sentenceEnd finds the first mark of punctuation and its length; without any it is
// the end of the line.
func sentenceEnd(line string) (at, length int) {
	for i := range len(line) {
		switch line[i] {
		case '.', ',', ':', ';', '!', '?':
			return i, 1
		case 0xe3, 0xef: // of 、。 and of the wide forms of those above
			if i+3 <= len(line) && strings.Contains("、。，．！？：；", line[i:i+3]) {
				return i, 3
			}
		}
	}
	return len(line), 0
}

func (s *sketch) piece(p string) {
	if len(p) < likenessPiece {
		return
	}
	if h, same := checksum(p); same {
		s.add(h)
	}
}

func (s *sketch) add(h uint64) {
	switch {
	case s.pieces == 0:
		s.least, s.second = h, h
	case h == s.least || h == s.second:
		return
	case h < s.least:
		s.least, s.second = h, s.least
	case h < s.second || s.second == s.least:
		s.second = h
	}
	s.pieces++
}

// checksum is taken over eight octets at a time; same is false where a digit or an @
// is among them, as in what differs from mail to mail.
func checksum(p string) (h uint64, same bool) {
	const ones, high = 0x0101010101010101, 0x8080808080808080
	h = uint64(len(p))
	var odd uint64
	for len(p) > 0 {
		var w uint64
		if len(p) >= 8 {
			w = uint64(p[0]) | uint64(p[1])<<8 | uint64(p[2])<<16 | uint64(p[3])<<24 |
				uint64(p[4])<<32 | uint64(p[5])<<40 | uint64(p[6])<<48 | uint64(p[7])<<56
			p = p[8:]
		} else {
			w = ' ' * ones
			for i := range len(p) {
				w = w<<8 | uint64(p[i])
			}
			p = ""
		}
		digits, at := w^'0'*ones, w^'@'*ones
		odd |= (digits-10*ones)&^digits | (at-ones)&^at // a high bit where an octet is below 10, or 0
		h = bits.RotateLeft64(h^w, 29) * 0x9e3779b97f4a7c15
	}
	return stirred(h), odd&high == 0
}

// stirred puts what a number tells into all its bits (Steele and others, Fast
// splittable pseudorandom number generators, 2014).
func stirred(h uint64) uint64 {
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return h ^ h>>31
}
