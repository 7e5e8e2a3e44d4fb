package mime

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"slices"
	"strings"
)

// contentDigest is a SHA-256 over what all copies of one mail share. In it, for
// every node of the strict reading in order: its path and view; its header
// fields, unfolded, sorted by name (equal names keep their order), without the
// fields of isTrace and with the boundary parameter taken out; and its bytes as
// they are encoded, without delimiter lines and with line ends as LF. Out of
// it: trace and signature fields, Bcc, boundaries, line ends.
func contentDigest(nodes []Node) [32]byte {
	h := sha256.New()
	for i := range nodes {
		n := &nodes[i]
		if n.form == formDerived || n.View != "" && n.form != formText {
			continue
		}
		put(h, []byte(n.Path+"\x00"+n.View))
		putFields(h, n.fields)
		if !n.IsContainer && !n.IsHeader {
			putBody(h, n.raw)
		}
	}
	var out [32]byte
	h.Sum(out[:0])
	return out
}

func put(h hash.Hash, b []byte) {
	var size [8]byte
	binary.BigEndian.PutUint64(size[:], uint64(len(b)))
	h.Write(size[:])
	h.Write(b)
}

func putFields(h hash.Hash, fields []field) {
	kept := make([]field, 0, len(fields))
	for _, f := range fields {
		if !isTrace(f.key) {
			kept = append(kept, f)
		}
	}
	slices.SortStableFunc(kept, func(a, b field) int { return strings.Compare(a.key, b.key) })
	buf := append(make([]byte, 0, 256), byte(len(kept)), byte(len(kept)>>8))
	put(h, buf)
	for _, f := range kept {
		buf = append(buf[:0], f.key...)
		put(h, buf)
		if f.key == "content-type" {
			buf = append(buf[:0], withoutBoundary(f)...)
		} else {
			buf = appendWords(buf[:0], f.value)
		}
		put(h, buf)
	}
}

// appendWords writes v with one blank for every run of blanks and none around.
func appendWords(to, v []byte) []byte {
	if !isASCII(v) {
		return append(to, strings.Join(strings.Fields(string(v)), " ")...)
	}
	start := len(to)
	for i, c := range v {
		switch {
		case c != ' ' && (c < '\t' || c > '\r'):
			to = append(to, c)
		case len(to) > start && i > 0 && to[len(to)-1] != ' ':
			to = append(to, ' ')
		}
	}
	if len(to) > start && to[len(to)-1] == ' ' {
		to = to[:len(to)-1]
	}
	return to
}

// withoutBoundary is a Content-Type in one spelling, its boundary left out.
func withoutBoundary(f field) string {
	kind, params := parseParams(unfold(f.value))
	var b strings.Builder
	b.WriteString(kind)
	for _, p := range params {
		if p.name == "boundary" || strings.HasPrefix(p.name, "boundary*") {
			continue
		}
		b.WriteString("\x00" + p.name + "\x00" + p.value)
	}
	return b.String()
}

// putBody hashes a body without copying it as a whole; CRLF counts as LF. The
// length comes last, since it is known only then.
func putBody(h hash.Hash, raw []byte) {
	total := uint64(0)
	buf := make([]byte, 0, min(len(raw), 1<<10+len(raw)/64, 16<<10))
	for len(raw) > 0 {
		piece := raw[:min(len(raw), cap(buf)-len(buf))]
		cr := bytes.IndexByte(piece, '\r')
		if cr >= 0 {
			piece = raw[:cr+1]
		}
		raw = raw[len(piece):]
		if cr >= 0 && len(raw) > 0 && raw[0] == '\n' {
			piece = piece[:cr]
		}
		buf = append(buf, piece...)
		if len(buf) == cap(buf) {
			h.Write(buf)
			total += uint64(len(buf))
			buf = buf[:0]
		}
	}
	h.Write(buf)
	total += uint64(len(buf))
	var size [8]byte
	binary.BigEndian.PutUint64(size[:], total)
	h.Write(size[:])
}
