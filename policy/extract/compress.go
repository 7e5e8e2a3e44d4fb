package extract

import (
	"archive/tar"
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
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
	var all []io.Reader
	for rest := r.file.Data; len(rest) > 26 && string(rest[:5]) == "LZIP\x01"; {
		code := rest[5]
		size := uint32(1) << (code & 31)
		size -= size / 16 * uint32(code>>5)
		if size > maxDictionary {
			return fmt.Errorf("open lzip: %w", errTooLarge)
		}
		end := len(rest)
		if next := bytes.Index(rest[26:], []byte("LZIP\x01")); next >= 0 {
			end = 26 + next
		}
		head := binary.LittleEndian.AppendUint32([]byte{0x5d}, size)  // lc 3, lp 0, pb 2
		head = binary.LittleEndian.AppendUint64(head, math.MaxUint64) // until the mark of the end
		zr, err := lzma.ReaderConfig{DictCap: maxDictionary}.NewReader(io.MultiReader(bytes.NewReader(head), bytes.NewReader(rest[6:end])))
		if err != nil {
			return fmt.Errorf("open lzip: %w", err)
		}
		all = append(all, zr)
		rest = rest[end:]
	}
	return r.unpacked("", io.MultiReader(all...))
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
	zr, err := gzip.NewReader(bytes.NewReader(r.file.Data))
	if err != nil {
		return fmt.Errorf("open gzip: %w", err)
	}
	name := ""
	if zr.Name != "" {
		name = decodeLabel([]byte(latin1Bytes(zr.Name)))
	}
	var names nameList
	names.add(name, decodeLabel([]byte(latin1Bytes(zr.Comment))))
	r.listing(names)
	return r.unpacked(name, zr)
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
	return r.unpacked("", bzip2.NewReader(bytes.NewReader(r.file.Data)))
}

func readXZ(r *reading) error {
	zr, err := openXZ(r.file.Data)
	if err != nil {
		return err
	}
	return r.unpacked("", zr)
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
	zr, err := lzma.ReaderConfig{DictCap: maxDictionary}.NewReader(bytes.NewReader(r.file.Data))
	if err != nil {
		return fmt.Errorf("open lzma: %w", err)
	}
	return r.unpacked("", zr)
}

// readZstd reads all frames; what stands in those that programs skip is searched.
func readZstd(r *reading) error {
	var skipped []byte
	rest := r.file.Data
	for len(rest) > 8 && rest[0]&0xf0 == 0x50 && string(rest[1:4]) == "\x2a\x4d\x18" {
		n := min(len(rest), 8+int(le32(rest[4:])))
		skipped, rest = append(skipped, rest[8:n]...), rest[n:]
	}
	if text := sweepText(skipped); carriesData(text) {
		kept, err := r.clip(text)
		r.swept("skipped frames", kept)
		r.fail(err)
	}
	zr, err := zstd.NewReader(bytes.NewReader(r.file.Data), zstd.WithDecoderConcurrency(1),
		zstd.WithDecoderMaxWindow(zstdWindow), zstd.WithDecoderMaxMemory(zstdWindow*2))
	if err != nil {
		return fmt.Errorf("open zstd: %w", err)
	}
	defer zr.Close()
	return r.unpacked("", zr)
}

// isLZ4 takes the frame format; its blocks are 4 MiB at most.
// isLZ4 takes frames, and those of the format before that.
func isLZ4(p *probe) string {
	return typeIf(p.at(0, "\x04\x22\x4d\x18") || p.at(0, "\x02\x21\x4c\x18"), "application/x-lz4")
}

func readLZ4(r *reading) error { return r.unpacked("", lz4.NewReader(bytes.NewReader(r.file.Data))) }

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
