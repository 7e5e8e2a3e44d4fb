package blob

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
)

// segment is one file of records.
type segment struct {
	number int
	path   string
	size   int64 // durable octets
	live   int64 // octets of records that are alive
}

const segmentSuffix = ".seg"

func segmentPath(dir string, number int) string {
	return filepath.Join(dir, "segments", fmt.Sprintf("%08d%s", number, segmentSuffix))
}

// place is where a record stands.
type place struct {
	seg    *segment
	offset int64
}

// Damage is a stretch of a segment that is no record: something on the disk
// was changed. It is skipped.
type Damage struct {
	Segment string
	Offset  int64
	Length  int64
}

// String is "00000003.seg: 512 octets at 1024 are no record".
func (d Damage) String() string {
	return fmt.Sprintf("%s: %d octets at %d are no record", d.Segment, d.Length, d.Offset)
}

func listSegments(dir string) ([]*segment, error) {
	names, err := os.ReadDir(filepath.Join(dir, "segments"))
	if err != nil {
		return nil, fmt.Errorf("list blob segments: %w", err)
	}
	var out []*segment
	for _, e := range names {
		stem, ok := strings.CutSuffix(e.Name(), segmentSuffix)
		n, err := strconv.Atoi(stem)
		if ok && err == nil && n > 0 {
			out = append(out, &segment{number: n, path: segmentPath(dir, n)})
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].number < out[j].number })
	return out, nil
}

// scan reads the headers of a segment and calls found for each. It returns
// where the last whole record ends and what is damaged before that.
func (s *segment) scan(found func(h header, p place)) (end int64, damage []Damage, err error) {
	f, err := os.Open(s.path)
	if err != nil {
		return 0, nil, fmt.Errorf("open segment: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return 0, nil, fmt.Errorf("look at segment: %w", err)
	}
	size, off := info.Size(), int64(0)
	buf := make([]byte, headerSize)
	for off < size {
		h, ok, err := readHeader(f, off, size, buf)
		if err != nil {
			return 0, nil, err
		}
		if ok {
			found(h, place{s, off})
			off += headerSize + h.length
			end = off
			continue
		}
		next, err := findRecord(f, off+1, size)
		if err != nil {
			return 0, nil, err
		}
		if next < 0 {
			break // nothing whole follows: a torn tail
		}
		damage = append(damage, Damage{filepath.Base(s.path), off, next - off})
		off = next
	}
	return end, damage, nil
}

// readHeader tells whether a whole record stands at off.
func readHeader(f io.ReaderAt, off, size int64, buf []byte) (header, bool, error) {
	if size-off < headerSize {
		return header{}, false, nil
	}
	if _, err := f.ReadAt(buf, off); err != nil {
		return header{}, false, fmt.Errorf("read record header: %w", err)
	}
	h, ok := decode(buf)
	return h, ok && h.length <= size-off-headerSize, nil
}

// findRecord looks for the next whole record from off on; -1 when there is none.
func findRecord(f io.ReaderAt, off, size int64) (int64, error) {
	const step = 1 << 20
	buf, head := make([]byte, step+len(magic)), make([]byte, headerSize)
	for ; off < size; off += step {
		n, err := f.ReadAt(buf, off)
		if err != nil && !errors.Is(err, io.EOF) {
			return 0, fmt.Errorf("search record: %w", err)
		}
		for i := 0; ; i++ {
			k := bytes.Index(buf[i:n], magic)
			if k < 0 {
				break
			}
			i += k
			if _, ok, err := readHeader(f, off+int64(i), size, head); err != nil || ok {
				return off + int64(i), err
			}
		}
	}
	return -1, nil
}
