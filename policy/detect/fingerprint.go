package detect

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"sort"
	"unicode"
	"unicode/utf8"
)

// Documents recognises confidential documents by hashes of their stretches
// (winnowing after Schleimer, Wilkerson and Aiken, 2003). It does not hold their
// text, but who has the file and guesses a sentence can tell that it is there.
type Documents struct {
	name    string
	entries []byte // of 12 bytes, ascending by hash: hash and number of the document
	sizes   []byte // 4 bytes a document: how many hashes it has
}

const (
	shingle      = 24 // characters that are hashed together
	shingleEvery = 16 // of so many hashes in a row the least is kept
	quotedShare  = 0.2
	quotedLeast  = 8 // and at least so many hashes
	docMagic     = "SEKISHO-DOC-1\n\x00\x00"
)

// ErrDocuments says that a file holds no fingerprints.
var ErrDocuments = errors.New("no fingerprints; make them with `sekisho fingerprint build`")

// Fingerprints collects the fingerprints of documents for a file. The zero value
// is empty.
type Fingerprints struct {
	pairs []edmPair
	sizes []uint32
}

// Add takes a document and tells whether its text is long enough to be recognised
// (some 200 characters); spaces, punctuation, width and case do not matter.
func (f *Fingerprints) Add(text string) bool {
	var hashes []uint64
	for _, h := range shingles(text) {
		hashes = append(hashes, h.hash)
	}
	slices.Sort(hashes)
	hashes = slices.Compact(hashes)
	if len(hashes) < quotedLeast {
		return false
	}
	for _, h := range hashes {
		f.pairs = append(f.pairs, edmPair{h, uint32(len(f.sizes))})
	}
	f.sizes = append(f.sizes, uint32(len(hashes)))
	return true
}

// Len is how many documents were taken.
func (f *Fingerprints) Len() int { return len(f.sizes) }

// Write writes the file: a header, the number of documents, their sizes, and the
// hashes in ascending order.
func (f *Fingerprints) Write(w io.Writer) error {
	slices.SortFunc(f.pairs, func(a, b edmPair) int {
		return cmp.Or(cmp.Compare(a.hash, b.hash), cmp.Compare(a.row, b.row))
	})
	out := bufio.NewWriterSize(w, 1<<16)
	_, _ = out.WriteString(docMagic)
	var b [edmEntry]byte
	number := func(n uint32) { binary.BigEndian.PutUint32(b[:4], n); _, _ = out.Write(b[:4]) }
	number(uint32(len(f.sizes)))
	for _, n := range f.sizes {
		number(n)
	}
	for _, p := range f.pairs {
		binary.BigEndian.PutUint64(b[:8], p.hash)
		binary.BigEndian.PutUint32(b[8:], p.row)
		_, _ = out.Write(b[:])
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write fingerprints: %w", err)
	}
	return nil
}

// MapDocuments maps a file that Fingerprints wrote, as MapEDM does.
func MapDocuments(name string, f *os.File) (*Documents, error) {
	data, err := mapFile(f)
	if err != nil {
		return nil, err
	}
	d := &Documents{name: name}
	rest, ok := bytes.CutPrefix(data, []byte(docMagic))
	if ok && len(rest) >= 4 {
		n := int(binary.BigEndian.Uint32(rest))
		if rest = rest[4:]; n <= len(rest)/4 && (len(rest)-4*n)%edmEntry == 0 {
			d.sizes, d.entries = rest[:4*n], rest[4*n:]
		}
	}
	if d.sizes == nil || !d.sound() {
		_ = unmapFile(data)
		return nil, ErrDocuments
	}
	runtime.AddCleanup(d, func(data []byte) { _ = unmapFile(data) }, data)
	return d, nil
}

// sound tells that every entry names a document that exists.
func (d *Documents) sound() bool {
	for i := 8; i < len(d.entries); i += edmEntry {
		if int(binary.BigEndian.Uint32(d.entries[i:])) >= len(d.sizes)/4 {
			return false
		}
	}
	return true
}

type placed struct {
	hash uint64
	at   int // byte offset
}

// shingles hashes every stretch of letters and digits, and keeps the least hash
// of each window of shingleEvery.
func shingles(text string) []placed {
	const base = 0x9e3779b97f4a7c15 | 1
	var drop uint64 = 1 // base to the power of shingle
	for range shingle {
		drop *= base
	}
	var runes [shingle]uint64
	var offsets [shingle]int
	var window [shingleEvery]placed
	var out []placed
	var h uint64
	n, least := 0, -1
	for i, r := range text {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			continue
		}
		if r >= 0xff01 && r <= 0xff5e {
			r -= 0xfee0
		}
		v := uint64(unicode.ToLower(r)) + 1
		at := n % shingle
		h = h*base + v - runes[at]*drop
		runes[at], offsets[at] = v, i
		if n++; n < shingle {
			continue
		}
		k := n - shingle // the number of this stretch
		window[k%shingleEvery] = placed{mix(h), offsets[n%shingle]}
		if k+1 < shingleEvery {
			continue
		}
		best := k - shingleEvery + 1
		for j := best + 1; j <= k; j++ {
			if window[j%shingleEvery].hash <= window[best%shingleEvery].hash {
				best = j
			}
		}
		if best != least {
			least = best
			out = append(out, window[best%shingleEvery])
		}
	}
	return out
}

// mix spreads the bits of a rolling hash (the finaliser of SplitMix64).
func mix(h uint64) uint64 {
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return h ^ h>>31
}

// quoted is what was found of one document.
type quoted struct {
	n, first, last int
	seen           map[uint64]bool
}

// find reports the documents of which a good part stands in text.
func (d *Documents) find(text string) []hit {
	found := map[uint32]*quoted{}
	for _, m := range shingles(text) {
		for i := lowerBound(d.entries, m.hash); i < len(d.entries) && binary.BigEndian.Uint64(d.entries[i:]) == m.hash; i += edmEntry {
			doc := binary.BigEndian.Uint32(d.entries[i+8:])
			q := found[doc]
			if q == nil {
				q = &quoted{first: m.at, seen: map[uint64]bool{}}
				found[doc] = q
			}
			if !q.seen[m.hash] {
				q.seen[m.hash] = true
				q.n++
			}
			q.last = m.at
		}
	}
	var out []hit
	for doc, q := range found {
		size := int(binary.BigEndian.Uint32(d.sizes[4*doc:]))
		share := float64(q.n) / float64(max(1, size))
		if q.n < quotedLeast || share < quotedShare {
			continue
		}
		h := ownHit(ownDocument, d.name, q.first, q.last+1, likely+share*2)
		for h.end < len(text) && !utf8.RuneStart(text[h.end]) {
			h.end++
		}
		h.in = &source{table: -1, passed: q.n, of: size}
		out = append(out, h)
	}
	runtime.KeepAlive(d)
	slices.SortFunc(out, func(a, b hit) int { return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(b.points, a.points)) })
	return out
}

// lowerBound is the offset of the first entry whose hash is at least want.
func lowerBound(entries []byte, want uint64) int {
	return edmEntry * sort.Search(len(entries)/edmEntry, func(i int) bool {
		return binary.BigEndian.Uint64(entries[i*edmEntry:]) >= want
	})
}
