package extract

import (
	"context"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/sekisho-mail/sekisho/policy"
)

// wimFile is an entry of an image's folder; below is where its own begins, 0 for a file.
func wimFile(name string, digest byte, below int) []byte {
	d := make([]byte, 102)
	d[64] = digest
	binary.LittleEndian.PutUint64(d[16:], uint64(below))
	for _, c := range utf16.Encode([]rune(name)) {
		d = binary.LittleEndian.AppendUint16(d, c)
	}
	binary.LittleEndian.PutUint16(d[100:], uint16(len(d)-102))
	binary.LittleEndian.PutUint64(d, uint64(len(d)))
	for len(d)%8 != 0 {
		d = append(d, 0)
	}
	return d
}

// wimOf is an image that is not packed and has these folders and no contents.
func wimOf(meta []byte) []byte {
	head := make([]byte, 208)
	copy(head, "MSWIM\x00\x00\x00")
	resource := func(at, size int, flags byte) []byte {
		d := binary.LittleEndian.AppendUint64(nil, uint64(size))
		d[7] = flags
		d = binary.LittleEndian.AppendUint64(d, uint64(at))
		return binary.LittleEndian.AppendUint64(d, uint64(size))
	}
	copy(head[48:], resource(208, wimEntry, 0))
	table := append(resource(208+wimEntry, len(meta), wimMetadata), make([]byte, wimEntry-24)...)
	return append(append(head, table...), meta...)
}

// TestWIMNames reads the name of a file that has no content.
func TestWIMNames(t *testing.T) {
	meta := append(make([]byte, 8), wimFile("", 0, 112+8)...)
	meta = append(meta, make([]byte, 120-len(meta))...)
	meta = append(append(meta, wimFile("個人番号 571432178533.txt", 0, 0)...), make([]byte, 8)...)
	if res := extractFile(t, File{Name: "a.wim", Data: wimOf(meta)}); hits(res, []string{"571432178533"}) != 1 {
		t.Errorf("%+v", res)
	}
}

// TestWIMFolders reads folders that all have the same folders, sixty deep, once each, and
// long names of folders not with each file.
func TestWIMFolders(t *testing.T) {
	meta := make([]byte, 8)
	name := strings.Repeat("部", 1000)
	for level := range 60 {
		size := 10*len(wimFile(name, 1, 0)) + 8
		next := 8 + (level+1)*size
		for range 10 {
			meta = append(meta, wimFile(name, 1, next)...)
		}
		meta = append(meta, make([]byte, 8)...)
	}
	for n := range 100 {
		meta = append(meta, wimFile(strconv.Itoa(n), byte(2+n), 0)...)
	}
	w := &wimImage{names: map[string]string{}, seen: map[int]bool{}}
	w.r = &reading{ctx: context.Background(), s: testExtractor().NewSession()}
	if err := w.tree(meta); err != nil || len(w.seen) != 700 || len(w.names) != 101 {
		t.Errorf("%d entries, %d names: %v", len(w.seen), len(w.names), err)
	}
	for _, n := range w.names {
		if len(n) > wimPath {
			t.Errorf("a name has %d octets", len(n))
		}
	}
}

// TestWIMChunk takes no chunk that is larger packed than unpacked.
func TestWIMChunk(t *testing.T) {
	for _, flag := range []uint32{0x20000, 0x40000} {
		c := &wimChunks{w: &wimImage{chunk: 1 << 15, flags: flag}, raw: make([]byte, 1<<16), left: 1 << 15}
		if err := c.next(); !errors.Is(err, errMalformed) || c.out != nil {
			t.Errorf("%x: %v", flag, err)
		}
	}
}

// TestFreeBlocksOnce takes each octet of a page once, however its free blocks are chained,
// and does not look through a page for rows of more columns than a header can have.
func TestFreeBlocksOnce(t *testing.T) {
	page := make([]byte, 1<<16)
	binary.BigEndian.PutUint16(page[1:], 100)
	binary.BigEndian.PutUint16(page[5:], 9)
	for at := 100; at < 60000; at += 4 { // each block goes to the end and the next begins in it
		binary.BigEndian.PutUint16(page[at:], uint16(at+4))
		binary.BigEndian.PutUint16(page[at+2:], uint16(len(page)-at-1))
	}
	s := &sqlite{page: len(page)}
	s.free(page, page, 8, 0)
	total := 0
	for _, d := range s.unused {
		total += len(d)
	}
	if total > len(page) {
		t.Errorf("%d octets of a page of %d", total, len(page))
	}
}

// TestDumpsEnd stops at the dump that is one too many.
func TestDumpsEnd(t *testing.T) {
	marked := strings.Repeat("<~87cURD]i,\"Ebo80~> ", 10)
	hex := strings.Repeat("00000000  73 6f 6d 65 20 77 6f 72 64 73 20 6f 66 20 61 20\n00000010  6c 65 74 74 65 72 20 77 72 69 74 74 65 6e 20 61\n00000020  74 20 6e 6f 6f 6e 0a\n-\n", 10)
	for most := range 12 {
		for name, read := range map[string]func(take func([]byte) bool){
			"hex": func(take func([]byte) bool) { dumps(hex, Formats(), take) }, "ascii85": func(take func([]byte) bool) { marked85(marked, Formats(), take) },
		} {
			n := 0
			read(func([]byte) bool { n++; return n <= most })
			if n != min(most+1, 10) {
				t.Errorf("%s: %d were given, at most %d were wanted", name, n, most)
			}
		}
	}
}

// TestNumbersBeyondCharacters goes on behind a number that is no character of a script.
func TestNumbersBeyondCharacters(t *testing.T) {
	if _, texts := numbered("[99999,08,20491,20154,30058,21495,53,55,49,52]", Formats()); len(texts) != 1 || !strings.HasSuffix(texts[0], "個人番号5714") {
		t.Errorf("%q", texts)
	}
}

// TestTextLikeZlib reads texts whose first octets are a right header of zlib.
func TestTextLikeZlib(t *testing.T) {
	for _, text := range []string{"HKS 香港支店 080-0012-3456", "(Sales) 080-0012-3456", "XG\n080-0012-3456", "hCard 080-0012-3456", "x^2 + y^2 = 080-0012-3456"} {
		for _, more := range []string{"", strings.Repeat(" and so on", 100)} {
			res := extractFile(t, File{Name: "a.txt", Data: []byte(text + more)})
			if res.Parts[0].Type != "text/plain" || problems(res) != "" || len(res.Contents) != 1 {
				t.Errorf("%q: %s, %s", text, res.Parts[0].Type, problems(res))
			}
		}
	}
}

// TestBehindVolumes keeps the problem of what stands behind a volume, and a limit that one hit.
func TestBehindVolumes(t *testing.T) {
	text := []byte("個人番号 571432178533 を含む文章です。電話は 080-0012-3456 です。")
	blob := make([]byte, 4<<10)
	random := rand.New(rand.NewPCG(1, 2))
	for i := range blob {
		blob[i] = byte(random.Uint32())
	}
	files := []File{
		{Path: "1", Name: "b.part1.rar", Data: rarVolumeOf(text, 0, 40, 0, false)},
		{Path: "2", Name: "b.part2.rar", Data: append(rarVolumeOf(text, 40, len(text), 1, true), blob...)},
	}
	s := testExtractor().NewSession()
	var res Result
	for _, f := range files {
		s.Add(context.Background(), f, &res)
	}
	joined := s.Volumes(context.Background())
	res.Parts, res.Contents = append(res.Parts, joined.Parts...), append(res.Contents, joined.Contents...)
	if hits(res, []string{"571432178533"}) != 1 || !hasProblem(res, policy.Unsupported) {
		t.Errorf("%+v", res.Parts)
	}
	if ofPieces(policy.TooLarge) || !ofPieces(policy.Malformed) {
		t.Error("a limit comes of being a piece")
	}
}
