package extract

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"hash/crc32"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
)

// xzFooter is a footer that says how large the index before it is.
func xzFooter(index int) []byte {
	b := append(binary.LittleEndian.AppendUint32(nil, uint32(index/4-1)), 0, 1)
	return append(append(binary.LittleEndian.AppendUint32(nil, crc32.ChecksumIEEE(b)), b...), "YZ"...)
}

// tiffOf is a TIFF of one directory whose entries all are the list of strips.
func tiffOf(entries, strips int) []byte {
	d := append([]byte("II*\x00\x08\x00\x00\x00"), byte(entries), byte(entries>>8))
	for range entries {
		d = append(d, 0x11, 1, 4, 0)
		d = binary.LittleEndian.AppendUint32(d, uint32(strips))
		d = binary.LittleEndian.AppendUint32(d, 8)
	}
	return append(d, make([]byte, 4+4*strips)...)
}

// TestEndsThatLie keeps files from having the same octets gone through again and again in
// search of their end.
func TestEndsThatLie(t *testing.T) {
	index := make([]byte, 1<<12)
	binary.LittleEndian.PutUint32(index[len(index)-4:], crc32.ChecksumIEEE(index[:len(index)-4]))
	head := append([]byte("\xfd7zXZ\x00\x00\x01"), make([]byte, 4)...)
	true1 := slices.Concat(head, index, xzFooter(len(index)), []byte("behind"))
	if end := xzEnd(true1); end != len(true1)-6 {
		t.Errorf("xz: %d of %d", end, len(true1))
	}
	lies := slices.Concat(head, make([]byte, 8<<10), bytes.Repeat(xzFooter(4<<10), 100), index, xzFooter(len(index)), []byte("behind"))
	if end := xzEnd(lies); end != len(lies) {
		t.Errorf("xz with footers that lie: %d of %d", end, len(lies))
	}

	ring := make([]byte, 2048)
	copy(ring, oleMagic)
	ring[30] = 9
	binary.LittleEndian.PutUint32(ring[68:], 1) // the list of tables goes on in sector 1, and there in itself
	binary.LittleEndian.PutUint32(ring[72:], 1<<32-1)
	binary.LittleEndian.PutUint32(ring[1024+508:], 1)
	if end := oleEnd(ring); end != 1536 {
		t.Errorf("ole: %d", end)
	}

	one := tiffOf(1, 100)
	if end := tiffEnd(append(one, "behind"...), binary.LittleEndian); end != 8+100*4 {
		t.Errorf("tiff: %d", end)
	}
	two := tiffOf(2, 0)
	binary.LittleEndian.PutUint32(two[len(two)-4:], 8) // a ring
	if end := tiffEnd(two, binary.LittleEndian); end != 0 {
		t.Errorf("tiff whose directories are a ring: %d", end)
	}
}

// TestManyStreams reads many streams behind one another with one reader.
func TestManyStreams(t *testing.T) {
	const streams = 1000
	var one bytes.Buffer
	w := gzip.NewWriter(&one)
	_, _ = w.Write([]byte("a"))
	_ = w.Close()
	all := bytes.Repeat(one.Bytes(), streams)
	if n := testing.AllocsPerRun(1, func() {
		res := extractFile(t, File{Name: "a.txt.gz", Data: all})
		if !strings.Contains(res.Contents[len(res.Contents)-1].Text, strings.Repeat("a", streams)) {
			t.Errorf("%+v", res)
		}
	}); n > 4*streams {
		t.Errorf("%.0f allocations", n)
	}
	member := append([]byte("LZIP\x01\x1a\x5d"), make([]byte, 40)...)
	x := &Extractor{Limits: smallLimits()}
	if res := x.Extract(context.Background(), File{Name: "a.lz", Data: member}); !strings.Contains(problems(res), string(policy.TooLarge)) {
		t.Errorf("a dictionary larger than what may be unpacked: %s", problems(res))
	}
}

// TestTagsWithoutEnd reads a page each of whose tags, taken for the start of one, runs to the end.
func TestTagsWithoutEnd(t *testing.T) {
	for n, want := range map[int]string{4: "", 10_000: string(policy.TooDeep)} {
		res := extractFile(t, File{Name: "a.html", Data: []byte("<p>" + strings.Repeat(`<a x=">"`, n))})
		if got := problems(res); !strings.Contains(got, want) || want == "" && got != "" {
			t.Errorf("%d tags: %q, want %q", n, got, want)
		}
	}
}

// TestManyChunks counts each chunk that nobody knows as a member of an archive.
func TestManyChunks(t *testing.T) {
	chunk := append(binary.BigEndian.AppendUint32(nil, 4), "xxXxabcd1234"...)
	x := &Extractor{Limits: smallLimits()}
	for n, want := range map[int]bool{10: false, 200: true} {
		res := x.Extract(context.Background(), File{Name: "a.png", Data: slices.Concat([]byte("\x89PNG\r\n\x1a\n"), bytes.Repeat(chunk, n))})
		if got := strings.Contains(problems(res), string(policy.TooLarge)); got != want {
			t.Errorf("%d chunks: %s", n, problems(res))
		}
	}
}

// FuzzEnds looks for the ends of files of all kinds that say where they are, and reads
// compressed streams one behind the other.
func FuzzEnds(f *testing.F) {
	f.Add(tiffOf(2, 3))
	f.Add([]byte("GIF89a\x01\x00\x01\x00\x80\x00\x00abcdef\x21\xf9\x04abcd\x00\x3b"))
	f.Add(slices.Concat([]byte("\xfd7zXZ\x00\x00\x01abcd"), xzFooter(8)))
	f.Add([]byte("\x28\xb5\x2f\xfd\x20\x01\x09\x00\x00a\x50\x2a\x4d\x18\x01\x00\x00\x00a"))
	f.Add([]byte("\x04\x22\x4d\x18\x60\x40\x82\x01\x00\x00\x80a\x00\x00\x00\x00"))
	f.Add(seed(f, "doc_word97_plain.doc"))
	f.Add(seed(f, "csv_gz_plain.csv.gz"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<18 {
			return
		}
		zstdAt, _ := zstdEnd(data)
		lz4At, _ := lz4End(data)
		ends := []int{xzEnd(data), zstdAt, lz4At, gifEnd(data), pdfEnd(data), rarEnd(data), sevenEnd(data)}
		for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
			ends = append(ends, tiffEnd(data, order))
		}
		for i, end := range ends {
			if end < 0 || end > len(data) {
				t.Errorf("end %d: %d of %d", i, end, len(data))
			}
		}
		_, _ = oleEnd(data), pictureEnd(data)
		if len(data) >= 96 {
			_ = sqliteEnd(data)
		}
		x := &Extractor{Limits: smallLimits()}
		r := &reading{ctx: context.Background(), s: x.NewSession(), file: File{Path: "0", Data: data}, res: &Result{}}
		_, _ = readAll(r.expander(r.streams(func(src *bytes.Reader, rest []byte) (io.Reader, error) {
			if len(rest) == 0 {
				return nil, nil
			}
			return io.LimitReader(src, 1+int64(rest[0])), nil
		}), int64(len(data))))
		_ = r.chunk("abCd", data)
	})
}

// FuzzPDFStrays looks for streams and strings that no page uses.
func FuzzPDFStrays(f *testing.F) {
	f.Add([]byte("1 0 obj<</Subtype/Form/Length 9>>stream\nBT (0123456789 name) Tj ET\nendstream\nendobj"))
	f.Add([]byte("1 0 obj<</Foo(number 0901234567)/Bar<feff30423044>>>stream\nPK\x03\x04abcdefghijklmnop\nendstream"))
	f.Add(slices.Concat([]byte("1 0 obj<</Filter/FlateDecode>>stream\n"), zlibbed([]byte("電話番号 0901234567")), []byte("\nendstream")))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<16 {
			return
		}
		x := &Extractor{Limits: smallLimits()}
		r := &reading{ctx: context.Background(), s: x.NewSession(), file: File{Path: "0", Data: data}, res: &Result{}}
		d := &pdfDocument{r: r, p: &pdfInstance{over: func() error { return nil }}}
		d.loose(newBuilder(r))
	})
}
