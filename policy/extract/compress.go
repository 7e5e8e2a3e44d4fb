package extract

import (
	"archive/tar"
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
	"github.com/ulikunitz/xz"
	"github.com/ulikunitz/xz/lzma"
)

// zstdWindow bounds the memory that a zstd frame may ask for, maxDictionary that
// of LZMA.
const zstdWindow, maxDictionary = 64 << 20, 64 << 20

func isGzip(p *probe) string { return typeIf(p.at(0, "\x1f\x8b\x08"), "application/gzip") }
func isBzip2(p *probe) string {
	return typeIf(p.at(0, "BZh") && p.at(4, "1AY&SY"), "application/x-bzip2")
}
func isXZ(p *probe) string { return typeIf(p.at(0, "\xfd7zXZ\x00"), "application/x-xz") }

// isZstd takes frames, also behind skippable ones (RFC 8878, 3.1.2).
func isZstd(p *probe) string {
	skippable := len(p.data) > 8 && p.data[0]&0xf0 == 0x50 && p.at(1, "\x2a\x4d\x18")
	return typeIf(p.at(0, "\x28\xb5\x2f\xfd") || skippable, "application/zstd")
}

func isLzip(p *probe) string { return typeIf(p.at(0, "LZIP\x01"), "application/x-lzip") }

// readLzip reads the members of an .lz file: LZMA with a header and trailer of its
// own (lzip manual, "File format").
func readLzip(r *reading) error {
	dictionaries := int64(0)
	s := r.streams(func(src *bytes.Reader, rest []byte) (io.Reader, error) {
		if len(rest) <= 26 || string(rest[:5]) != "LZIP\x01" {
			return nil, nil
		}
		code := rest[5]
		size := uint32(1) << (code & 31)
		size -= size / 16 * uint32(code>>5)
		dictionaries += int64(size)
		if size > maxDictionary || dictionaries > r.s.budget.limits.ExpandedBytes {
			return nil, fmt.Errorf("open lzip: %w", errTooLarge)
		}
		_, _ = src.Seek(6, io.SeekCurrent)
		head := binary.LittleEndian.AppendUint32([]byte{0x5d}, size)  // lc 3, lp 0, pb 2
		head = binary.LittleEndian.AppendUint64(head, math.MaxUint64) // until the mark of the end
		zr, err := lzma.ReaderConfig{DictCap: maxDictionary}.NewReader(io.MultiReader(bytes.NewReader(head), src))
		if err != nil {
			return nil, fmt.Errorf("open lzip: %w", err)
		}
		return zr, nil
	})
	s.shut = func() { s.skip(20) } // checksum and sizes
	return r.unpacked("", s)
}

// isLZMA takes the headerless format by its name and a sane property octet.
func isLZMA(p *probe) string {
	return typeIf(p.named(".lzma", ".tlz") && len(p.data) > 13 && p.data[0] < 225 && !p.at(257, "ustar"), "application/x-lzma")
}

func typeIf(ok bool, typ string) string {
	if ok {
		return typ
	}
	return ""
}

// readGzip reads all members of a gzip file (RFC 1952) as one; the name that the
// first carries is the file's.
func readGzip(r *reading) error {
	first, err := gzip.NewReader(bytes.NewReader(r.file.Data))
	if err != nil {
		return fmt.Errorf("open gzip: %w", err)
	}
	name := ""
	if first.Name != "" {
		name = decodeLabel([]byte(latin1Bytes(first.Name)))
	}
	var names nameList
	names.add(name, decodeLabel([]byte(latin1Bytes(first.Comment))))
	r.listing(names)
	r.loose("extra field", first.Extra)
	return r.unpacked(name, r.streams(func(src *bytes.Reader, rest []byte) (io.Reader, error) {
		if !bytes.HasPrefix(rest, []byte("\x1f\x8b\x08")) {
			return nil, nil
		}
		if err := first.Reset(src); err != nil { // a new one for each of many would take 40 KB each
			return nil, fmt.Errorf("open gzip: %w", err)
		}
		first.Multistream(false)
		return first, nil
	}))
}

// latin1Bytes undoes the decoding that the gzip reader applies to names.
func latin1Bytes(s string) string {
	out := make([]byte, 0, len(s))
	for _, c := range s {
		if c > 0xff {
			return s
		}
		out = append(out, byte(c))
	}
	return string(out)
}

func readBzip2(r *reading) error {
	src := bytes.NewReader(r.file.Data)
	return r.unpacked("", &bzip2Reader{r: r, src: src, Reader: bzip2.NewReader(src)})
}

// bzip2Reader ends with the last stream, where the library gives an error for what
// stands behind that.
type bzip2Reader struct {
	io.Reader
	r   *reading
	src *bytes.Reader
}

// Read is the library's.
func (b *bzip2Reader) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if errors.Is(err, bzip2.StructuralError("bad magic value in continuation file")) {
		err = io.EOF
		b.r.end = len(b.r.file.Data) - b.src.Len() - 2 // it has looked at two octets
	}
	return n, err
}

func readXZ(r *reading) error {
	r.end = xzEnd(r.file.Data)
	zr, err := openXZ(r.file.Data[:r.end])
	if err != nil {
		return err
	}
	return r.unpacked("", zr)
}

// xzEnd is where the last stream ends: behind the first footer whose checksum fits and whose
// index is there (xz file format 2.1.2 and 4). Streams are filled up to four octets.
func xzEnd(d []byte) int {
	at, left := 0, 4*len(d) // octets that may still be summed up: footers can be made to lie
	for bytes.HasPrefix(d[at:], []byte("\xfd7zXZ\x00")) {
		end := at + 12
		for {
			if end > len(d) {
				return len(d) // cut within the header
			}
			i := bytes.Index(d[end:], []byte("YZ"))
			if i < 0 {
				return len(d)
			}
			end += i + 2
			foot := end - 12
			size := (int(le32(d[max(0, foot+4):])) + 1) * 4
			if foot >= at+12 && d[foot+8] == d[at+6] && d[foot+9] == d[at+7] && le32(d[foot:]) == crc32.ChecksumIEEE(d[foot+4:foot+10]) &&
				size <= foot-at-12 && d[foot-size] == 0 {
				if left -= size; left < 0 {
					return len(d)
				}
				if le32(d[foot-4:]) == crc32.ChecksumIEEE(d[foot-size:foot-4]) {
					break
				}
			}
		}
		for at = end; bytes.HasPrefix(d[at:], make([]byte, 4)); {
			at += 4
		}
	}
	return at
}

// openXZ opens an .xz stream whose first block asks for no more memory than the
// dictionary's bound (xz file format 3.1 and 5.3.1); the library would give what
// is asked for. Later blocks are left to the worker's bound.
func openXZ(data []byte) (io.Reader, error) {
	if len(data) > 18 {
		at := 14 // behind the stream header, the block's size and flags
		for _, bit := range []byte{0x40, 0x80} {
			if data[13]&bit != 0 { // a number of 7 bits an octet
				for at < len(data) && data[at] >= 0x80 {
					at++
				}
				at++
			}
		}
		if at+2 < len(data) && data[at] == 0x21 {
			if size, err := lzma.DecodeDictCap(data[at+2]); err == nil && size > maxDictionary {
				return nil, fmt.Errorf("open xz: %w", errTooLarge)
			}
		}
	}
	// The configured size is the least that the library takes.
	zr, err := xz.ReaderConfig{DictCap: lzma.MinDictCap}.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("open xz: %w", err)
	}
	return zr, nil
}

func readLZMA(r *reading) error {
	src := bytes.NewReader(r.file.Data)
	zr, err := lzma.ReaderConfig{DictCap: maxDictionary}.NewReader(src)
	if err != nil {
		return fmt.Errorf("open lzma: %w", err)
	}
	err = r.unpacked("", zr)
	r.end = len(r.file.Data) - src.Len()
	return err
}

// readZstd reads all frames; what stands in those that programs skip is searched.
func readZstd(r *reading) error {
	r.end = r.skippedFrames(zstdEnd)
	zr, err := zstd.NewReader(bytes.NewReader(r.file.Data[:r.end]), zstd.WithDecoderConcurrency(1),
		zstd.WithDecoderMaxWindow(zstdWindow), zstd.WithDecoderMaxMemory(zstdWindow*2))
	if err != nil {
		return fmt.Errorf("open zstd: %w", err)
	}
	defer zr.Close()
	return r.unpacked("", zr)
}

// skippedFrames searches what stands in the frames that programs pass over, and tells
// where the last frame ends.
func (r *reading) skippedFrames(walk func([]byte) (int, []byte)) int {
	end, skipped := walk(r.file.Data)
	if text := sweepText(skipped); carriesData(text) {
		kept, err := r.clip(text)
		r.swept("skipped frames", kept)
		r.fail(err)
	}
	return end
}

// skippable is the length of the frame at the start of d that zstd and LZ4 pass over (RFC 8878,
// 3.1.2), 0 when it is none.
func skippable(d []byte) int {
	if len(d) < 8 || d[0]&0xf0 != 0x50 || string(d[1:4]) != "\x2a\x4d\x18" {
		return 0
	}
	return min(len(d), 8+int(le32(d[4:])))
}

// zstdEnd is where the last frame ends (RFC 8878, 3.1.1): its blocks say how long they are.
// It gives what stands in the skippable frames too.
func zstdEnd(d []byte) (at int, skipped []byte) {
	for {
		rest := d[at:]
		switch {
		case skippable(rest) > 0:
			skipped = append(skipped, rest[8:skippable(rest)]...)
			at += skippable(rest)
			continue
		case len(rest) < 6 || string(rest[:4]) != "\x28\xb5\x2f\xfd":
			return at, skipped
		}
		flags := rest[4]
		n := 6 - int(flags>>5&1) + []int{0, 1, 2, 4}[flags&3] + []int{0, 2, 4, 8}[flags>>6]
		if flags>>6 == 0 && flags&0x20 != 0 {
			n++
		}
		for last := false; !last; {
			if n+3 > len(rest) {
				return len(d), skipped
			}
			block := int(rest[n]) | int(rest[n+1])<<8 | int(rest[n+2])<<16
			last = block&1 != 0
			if n += 3 + block>>3; block>>1&3 == 1 { // one octet many times
				n += 1 - block>>3
			}
		}
		if n += int(flags>>2&1) * 4; n > len(rest) {
			return len(d), skipped
		}
		at += n
	}
}

// lz4End is where the last frame ends: its blocks say how long they are. Those of the
// format before that have no end, and reach as far as the file.
// skipped is as with zstdEnd.
func lz4End(d []byte) (at int, skipped []byte) {
	for {
		rest := d[at:]
		switch {
		case skippable(rest) > 0:
			skipped = append(skipped, rest[8:skippable(rest)]...)
			at += skippable(rest)
			continue
		case len(rest) < 7 || string(rest[:4]) != "\x04\x22\x4d\x18":
			if bytes.HasPrefix(rest, []byte("\x02\x21\x4c\x18")) {
				return len(d), skipped
			}
			return at, skipped
		}
		flags := rest[4]
		n := 7 + int(flags>>3&1)*8 + int(flags&1)*4
		for {
			if n+4 > len(rest) {
				return len(d), skipped
			}
			size := int(le32(rest[n:]) &^ (1 << 31))
			if n += 4; size == 0 {
				break
			}
			n += size + int(flags>>4&1)*4
		}
		if n += int(flags>>2&1) * 4; n > len(rest) {
			return len(d), skipped
		}
		at += n
	}
}

// isLZ4 takes frames, and those of the format before that.
func isLZ4(p *probe) string {
	return typeIf(p.at(0, "\x04\x22\x4d\x18") || p.at(0, "\x02\x21\x4c\x18"), "application/x-lz4")
}

// readLZ4 reads frames, whose blocks are 4 MiB at most.
func readLZ4(r *reading) error {
	r.end = r.skippedFrames(lz4End)
	return r.unpacked("", lz4.NewReader(bytes.NewReader(r.file.Data[:r.end])))
}

// isBrotli goes by the name: the format has no mark of its own.
func isBrotli(p *probe) string { return typeIf(p.named(".br"), "application/x-brotli") }

func readBrotli(r *reading) error {
	return r.unpacked("", brotli.NewReader(bytes.NewReader(r.file.Data)))
}

// unpacked reads the one file inside a compressed one.
func (r *reading) unpacked(name string, src io.Reader) error {
	if name == "" {
		name = r.file.Name
		for _, ext := range [][2]string{{".tgz", ".tar"}, {".tbz2", ".tar"}, {".tbz", ".tar"}, {".txz", ".tar"}, {".tzst", ".tar"}, {".tlz", ".tar"},
			{".gz", ""}, {".bz2", ""}, {".xz", ""}, {".zst", ""}, {".lzma", ""}, {".lz", ""}, {".lz4", ""}, {".br", ""}, {".z", ""}} {
			if len(name) > len(ext[0]) && strings.EqualFold(name[len(name)-len(ext[0]):], ext[0]) {
				name = name[:len(name)-len(ext[0])] + ext[1]
				break
			}
		}
	}
	if err := r.s.budget.entry(); err != nil {
		return err
	}
	data, err := r.expand(src, int64(len(r.file.Data)))
	stop := r.memberRead(name, data, int64(len(data)), err)
	if err != nil && !errors.Is(err, errTooLarge) {
		return err
	}
	return stop
}

// isTar takes POSIX and GNU archives by their mark, older ones by their checksum.
func isTar(p *probe) string {
	const typ = "application/x-tar"
	if p.at(257, "ustar") {
		return typ
	}
	if len(p.data) < 512 || p.data[0] == 0 {
		return ""
	}
	sum, want := 0, 0
	for _, c := range p.data[148:156] {
		if c >= '0' && c <= '7' {
			want = want*8 + int(c-'0')
		}
		sum += ' ' - int(c) // which counts as a blank
	}
	if want == 0 { // most texts have no digits there
		return ""
	}
	for _, c := range p.data[:512] {
		sum += int(c)
	}
	return typeIf(sum == want, typ) // archives of before 1988 have no other mark
}

// readTar reads every regular file of an archive.
func readTar(r *reading) error {
	src := bytes.NewReader(r.file.Data)
	tr := tar.NewReader(src)
	var names nameList
	defer func() { r.listing(names) }()
	for {
		h, err := tr.Next()
		if errors.Is(err, io.EOF) {
			r.behind(len(r.file.Data) - src.Len())
			return nil
		}
		if err != nil && !errors.Is(err, tar.ErrInsecurePath) {
			return fmt.Errorf("read tar: %w", err)
		}
		if err := r.s.budget.entry(); err != nil {
			return err
		}
		name := decodeLabel([]byte(h.Name))
		names.add(name, decodeLabel([]byte(h.Linkname)))
		for _, key := range slices.Sorted(maps.Keys(h.PAXRecords)) {
			if key != "path" && key != "linkpath" {
				names.add(decodeLabel([]byte(h.PAXRecords[key])))
			}
		}
		if !h.FileInfo().Mode().IsRegular() {
			continue
		}
		data, err := r.expand(tr, h.Size)
		if stop := r.memberRead(name, data, h.Size, err); stop != nil {
			return stop
		}
	}
}
