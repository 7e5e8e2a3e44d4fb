package extract

import (
	"context"
	"encoding/binary"
	"hash/crc32"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
)

// rarVolumeOf is a volume of a RAR 5 archive that holds a stretch of one stored file.
func rarVolumeOf(whole []byte, from, to, number int, last bool) []byte {
	block := func(kind, flags int, fields []byte, data []byte) []byte {
		head := binary.AppendUvarint(nil, uint64(kind))
		head = binary.AppendUvarint(head, uint64(flags))
		if data != nil {
			head = binary.AppendUvarint(head, uint64(len(data)))
		}
		head = append(head, fields...)
		head = append(binary.AppendUvarint(nil, uint64(len(head))), head...)
		return append(append(binary.LittleEndian.AppendUint32(nil, crc32.ChecksumIEEE(head)), head...), data...)
	}
	archive, split, end := []byte{1}, 2, byte(1)
	if number > 0 {
		archive, split = []byte{3, byte(number)}, 2|8
	}
	sum := crc32.ChecksumIEEE(whole[from:to])
	if !last {
		split |= 0x10
	} else {
		end, sum = 0, crc32.ChecksumIEEE(whole)
	}
	file := binary.AppendUvarint([]byte{4}, uint64(len(whole)))
	file = append(file, 0x20)
	file = binary.LittleEndian.AppendUint32(file, sum)
	file = append(append(file, 0, 1, 5), "a.txt"...)
	out := []byte("Rar!\x1a\x07\x01\x00")
	out = append(out, block(1, 0, archive, nil)...)
	out = append(out, block(2, split, file, whole[from:to])...)
	return append(out, block(5, 0, []byte{end}, nil)...)
}

// TestVolumes joins volumes that came together; a set with a gap is left as it is.
func TestVolumes(t *testing.T) {
	text := []byte("個人番号 571432178533 を含む文章です。電話は 080-0012-3456 です。")
	seven := testdata(t, "7z_lzma2_plain.7z")
	split := func(name string, data []byte, at ...int) (out []File) {
		from := 0
		for i, to := range append(at, len(data)) {
			out = append(out, File{Name: name + strconv.Itoa(i+1), Data: data[from:to]})
			from = to
		}
		return out
	}
	rar := []File{{Name: "b.part1.rar", Data: rarVolumeOf(text, 0, 40, 0, false)}, {Name: "b.part2.rar", Data: rarVolumeOf(text, 40, len(text), 1, true)}}
	old := []File{{Name: "c.rar", Data: rar[0].Data}, {Name: "c.r00", Data: rar[1].Data}}
	for _, c := range []struct {
		name  string
		files []File
		found string // "" for a set that is not whole
	}{
		{"7z", split("list.7z.00", seven, 500, 900), "571432178533"},
		{"7z, last first", func() []File { f := split("list.7z.00", seven, 500); return []File{f[1], f[0]} }(), "571432178533"},
		{"gap", append(split("list.7z.00", seven, 500)[:1], File{Name: "list.7z.003", Data: seven[900:]}), ""},
		{"one only", split("list.7z.00", seven, 500)[:1], ""},
		{"rar", rar, "571432178533"},
		{"old rar", old, "571432178533"},
	} {
		s := testExtractor().NewSession()
		var res Result
		var each []Result
		for i, f := range c.files {
			f.Path = strconv.Itoa(i + 1)
			each = append(each, s.Extract(context.Background(), f))
		}
		joined := s.Volumes(context.Background())
		for _, one := range append(each, joined) {
			res.Parts, res.Contents = append(res.Parts, one.Parts...), append(res.Contents, one.Contents...)
		}
		checkResult(t, res)
		switch {
		case c.found == "" && (len(joined.Parts) > 0 || problems(res) == ""):
			t.Errorf("%s: joined %+v, problems %q", c.name, joined.Parts, problems(res))
		case c.found != "" && (hits(joined, []string{c.found}) != 1 || problems(res) != ""):
			t.Errorf("%s: %+v, problems %q", c.name, joined.Parts, problems(res))
		}
	}
}

// TestForeignVolumes gives a file that nobody can read the name of a volume beside files that
// are whole without it: it keeps its problem.
func TestForeignVolumes(t *testing.T) {
	blob := make([]byte, 5000)
	rand.NewChaCha8([32]byte{1}).Read(blob)
	text := []byte("これは秘密ではない文章で、二つの巻に分かれています。")
	first, last := rarVolumeOf(text, 0, 30, 0, false), rarVolumeOf(text, 30, len(text), 1, true)
	alone := rarVolumeOf(text, 0, len(text), 0, true)
	for _, c := range []struct {
		name  string
		files []File
	}{
		{"text and volume of rar", []File{{Name: "a.part1.rar", Data: text}, {Name: "a.part2.rar", Data: blob}}},
		{"7z and volume of old rar", []File{{Name: "a.rar", Data: testdata(t, "7z_lzma2_plain.7z")}, {Name: "a.r00", Data: blob}}},
		{"whole rar", []File{{Name: "a.part1.rar", Data: alone}, {Name: "a.part2.rar", Data: blob}}},
		{"behind the last volume", []File{{Name: "a.part1.rar", Data: first}, {Name: "a.part2.rar", Data: last}, {Name: "a.part3.rar", Data: blob}}},
		{"behind the end of a volume", []File{{Name: "a.part1.rar", Data: first}, {Name: "a.part2.rar", Data: slices.Concat(last, blob)}}},
		{"numbers", []File{{Name: "a.001", Data: testdata(t, "csv_utf8_bom_plain.csv")}, {Name: "a.002", Data: blob}}},
		{"volume of zip", []File{{Name: "a.z01", Data: testdata(t, "applefile_single_plain")}, {Name: "a.zip", Data: blob}}},
	} {
		s := testExtractor().NewSession()
		var res Result
		for i, f := range c.files {
			f.Path, f.Kind = strconv.Itoa(i+1), policy.FileText
			s.Add(context.Background(), f, &res)
		}
		joined := s.Volumes(context.Background())
		if problems(res)+problems(joined) == "" {
			t.Errorf("%s: no problem is left; joined %+v", c.name, joined.Parts)
		}
	}
}

// TestVolumesOfZip reads a zip over two volumes, whose directory counts from their starts.
func TestVolumesOfZip(t *testing.T) {
	first := []byte("PK\x07\x08")
	body := []byte("個人番号 571432178533")
	local := make([]byte, 30)
	copy(local, "PK\x03\x04\x0a\x00")
	binary.LittleEndian.PutUint32(local[14:], crc32.ChecksumIEEE(body))
	binary.LittleEndian.PutUint32(local[18:], uint32(len(body)))
	binary.LittleEndian.PutUint32(local[22:], uint32(len(body)))
	local[26] = 1
	directory := make([]byte, 46)
	copy(directory, "PK\x01\x02\x1e\x03\x0a\x00")
	copy(directory[16:], local[14:28])
	directory[28] = 1
	binary.LittleEndian.PutUint32(directory[42:], 4) // in the first volume
	local, directory = append(local, 'a'), append(directory, 'a')
	first = append(append(first, local...), body[:10]...)
	last := append(append([]byte{}, body[10:]...), directory...)
	end := make([]byte, 22)
	copy(end, "PK\x05\x06\x01\x00\x01\x00\x01\x00\x01\x00")
	binary.LittleEndian.PutUint32(end[12:], uint32(len(directory)))
	binary.LittleEndian.PutUint32(end[16:], uint32(len(body)-10))
	last = append(last, end...)
	s := testExtractor().NewSession()
	s.Extract(context.Background(), File{Path: "1", Name: "z.zip", Data: last})
	s.Extract(context.Background(), File{Path: "2", Name: "z.z01", Data: first})
	joined := s.Volumes(context.Background())
	if hits(joined, []string{"571432178533"}) != 1 || problems(joined) != "" {
		t.Errorf("%+v", joined)
	}
}

// TestRarLink passes over a link, which has the size of its target and no octets.
func TestRarLink(t *testing.T) {
	data := rarVolumeOf([]byte("x"), 0, 1, 0, true)
	res := extractFile(t, File{Name: "a.rar", Data: data})
	if hasProblem(res, policy.Malformed) {
		t.Fatalf("%s", problems(res))
	}

	link := rarVolumeOf(make([]byte, 5), 0, 0, 0, false)
	if res := extractFile(t, File{Name: "a.rar", Data: link}); len(res.Parts) != 1 {
		t.Errorf("%+v", res.Parts)
	}
}
