package detect

import (
	"hash/fnv"
	"slices"
	"unicode"
)

// Fingerprint recognises a document by hashes of its stretches (winnowing after
// Schleimer, Wilkerson and Aiken, 2003). It does not hold the text.
type Fingerprint struct {
	Name   string
	Hashes []uint64 // ascending
}

const (
	shingle      = 24 // characters that are hashed together
	shingleEvery = 16 // of so many hashes in a row the least is kept
	quotedShare  = 0.2
	quotedLeast  = 8 // and at least so many hashes
)

// NewFingerprint makes the fingerprint of a text; spaces, punctuation, width and
// case do not matter. A text under some 200 characters gives too few hashes to
// be recognised.
func NewFingerprint(name, text string) Fingerprint {
	f := Fingerprint{Name: name}
	for _, h := range shingles(text) {
		f.Hashes = append(f.Hashes, h.hash)
	}
	slices.Sort(f.Hashes)
	f.Hashes = slices.Compact(f.Hashes)
	return f
}

type placed struct {
	hash uint64
	at   int // byte offset
}

// shingles hashes every stretch of letters and digits and keeps some.
func shingles(text string) []placed {
	var runes []rune
	var offsets []int
	for i, r := range text {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			if r >= 0xff01 && r <= 0xff5e {
				r -= 0xfee0
			}
			runes, offsets = append(runes, unicode.ToLower(r)), append(offsets, i)
		}
	}
	var all, out []placed
	h := fnv.New64a()
	var b [4]byte
	for i := 0; i+shingle <= len(runes); i++ {
		h.Reset()
		for _, r := range runes[i : i+shingle] {
			b[0], b[1], b[2] = byte(r), byte(r>>8), byte(r>>16)
			_, _ = h.Write(b[:3])
		}
		all = append(all, placed{h.Sum64(), offsets[i]})
	}
	for i := 0; i < len(all); i++ {
		least := all[max(0, i-shingleEvery+1)]
		for _, p := range all[max(0, i-shingleEvery+1) : i+1] {
			if p.hash <= least.hash {
				least = p
			}
		}
		if n := len(out); n == 0 || out[n-1] != least {
			out = append(out, least)
		}
	}
	return out
}

// findDocuments reports the documents of which a good part stands in text.
func findDocuments(text string, docs []Fingerprint) []hit {
	marks := shingles(text)
	var out []hit
	for _, d := range docs {
		n, first, last := 0, -1, 0
		seen := map[uint64]bool{}
		for _, m := range marks {
			if _, ok := slices.BinarySearch(d.Hashes, m.hash); ok && !seen[m.hash] {
				seen[m.hash] = true
				n++
				if first < 0 {
					first = m.at
				}
				last = m.at
			}
		}
		if n >= quotedLeast && float64(n) >= quotedShare*float64(len(d.Hashes)) {
			share := float64(n) / float64(len(d.Hashes))
			out = append(out, ownHit(ownDocument, d.Name, first, last+1, likely+share*2))
		}
	}
	for i := range out { // the last byte may be inside a character
		for out[i].end < len(text) && text[out[i].end]&0xc0 == 0x80 {
			out[i].end++
		}
	}
	return out
}
