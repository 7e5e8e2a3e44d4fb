package extract

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"io"
	"strconv"
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
)

// zipOf makes a zip of the given members, in order.
func zipOf(t testing.TB, members ...[2]string) []byte {
	t.Helper()
	var b bytes.Buffer
	zw := zip.NewWriter(&b)
	for _, m := range members {
		w, err := zw.Create(m[0])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, m[1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := zw.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func hasProblem(res Result, want policy.Problem) bool {
	return strings.Contains(problems(res), ":"+string(want))
}

func TestFlatBombStopsAtTheRatio(t *testing.T) {
	bomb := zipOf(t, [2]string{"zeros", strings.Repeat("\x00", 30<<20)}, [2]string{"a.csv", "氏名,電話\n想定 美咲,080-0088-3479\n"})
	x := testExtractor()
	s := x.NewSession()
	res := s.Extract(context.Background(), File{Path: "0", Name: "b.zip", Data: bomb})
	if !hasProblem(res, policy.TooLarge) {
		t.Errorf("problems: %s", problems(res))
	}
	if s.budget.expanded > 11<<20 {
		t.Errorf("%d octets were unpacked", s.budget.expanded)
	}
	if hits(res, []string{"080-0088-3479"}) != 1 {
		t.Error("the member after the bomb was not read")
	}
}

func TestOverlappingMembersAreReadOnce(t *testing.T) {
	x := testExtractor()
	s := x.NewSession()
	res := s.Extract(context.Background(), File{Path: "0", Name: "b.zip", Data: seed(t, "zip_overlapping_entries_bomb.zip")})
	if res.Parts[0].Problem != policy.Malformed {
		t.Errorf("problem %q", res.Parts[0].Problem)
	}
	if s.budget.expanded > 4<<20 || len(res.Parts) > 10 {
		t.Errorf("%d octets, %d parts", s.budget.expanded, len(res.Parts))
	}
}

func TestArchivesNestOnlySoDeep(t *testing.T) {
	inner := []byte("氏名,電話\n想定 美咲,080-0088-3479\n")
	name := "a.csv"
	for i := range 12 {
		inner = zipOf(t, [2]string{name, string(inner)})
		name = "level" + strconv.Itoa(i) + ".zip"
		res := extractFile(t, File{Name: name, Data: inner})
		if deep := i+1 > policy.DefaultLimits().ArchiveDepth; deep != hasProblem(res, policy.TooDeep) {
			t.Errorf("%d levels: %s", i+1, problems(res))
		} else if found := hits(res, []string{"080-0088-3479"}) == 1; found == deep {
			t.Errorf("%d levels: found %v", i+1, found)
		}
	}
}

func TestArchiveInItselfEnds(t *testing.T) {
	r := &reading{ctx: context.Background(), s: testExtractor().NewSession(), file: File{Path: "0", Data: []byte("same")}, res: &Result{}, depth: 1}
	r.above = []sha256Sum{sumOf([]byte("same"))}
	if err := r.admit(); problemOf(err) != policy.TooDeep {
		t.Errorf("got %v", err)
	}
}

func TestManyMembersAreCounted(t *testing.T) {
	var b bytes.Buffer
	tw := tar.NewWriter(&b)
	for i := range 50 {
		if err := tw.WriteHeader(&tar.Header{Name: strconv.Itoa(i), Mode: 0o600}); err != nil {
			t.Fatal(err)
		}
	}
	_ = tw.Close()
	x := testExtractor()
	x.Limits.ArchiveEntries = 20
	res := x.Extract(context.Background(), File{Path: "0", Name: "a.tar", Data: b.Bytes()})
	if res.Parts[0].Problem != policy.TooLarge {
		t.Errorf("problems: %s", problems(res))
	}
}

func TestTextBudgetIsSharedByAllFiles(t *testing.T) {
	x := testExtractor()
	x.Limits.TextBytes = 30
	s := x.NewSession()
	first := s.Extract(context.Background(), File{Path: "1", Data: []byte("twenty-two octets here")})
	second := s.Extract(context.Background(), File{Path: "2", Data: []byte("想定 美咲 想定 美咲")})
	if hasProblem(first, policy.TooLarge) || !hasProblem(second, policy.TooLarge) {
		t.Errorf("first %q, second %q", problems(first), problems(second))
	}
	if got := second.Contents[0].Text; got != "想定 " {
		t.Errorf("kept %q", got)
	}
}

func TestCellsAreCounted(t *testing.T) {
	x := testExtractor()
	x.Limits.Cells = 5
	res := x.Extract(context.Background(), File{Path: "0", Name: "a.csv", Data: []byte("a,b\n1,2\n3,4\n5,6\n")})
	if n := len(res.Contents[0].Tables[0].Rows); n != 2 {
		t.Errorf("%d rows", n)
	}
	if !hasProblem(res, policy.TooLarge) {
		t.Error("nothing says that the table was cut")
	}
}

func TestDeeplyNestedMarkupIsLinear(t *testing.T) {
	for name, text := range map[string]string{
		"html":  strings.Repeat("<div style=display:none>", 200000) + "080-0088-3479",
		"table": strings.Repeat("<table><tr><td>", 20000) + "080-0088-3479",
		"rtf":   `{\rtf1 ` + strings.Repeat("{", 4000) + "080-0088-3479",
		"xml":   "<?xml version='1.0'?>" + strings.Repeat("<a>", 200000) + "080-0088-3479",
		"quote": strings.Repeat("\"a,", 100000) + "080-0088-3479",
	} {
		file := "a.txt"
		if name == "html" || name == "table" {
			file = "a.html"
		}
		if res := extractFile(t, File{Name: file, Data: []byte(text)}); hits(res, []string{"080-0088-3479"}) != 1 {
			t.Errorf("%s: not found; %s", name, problems(res))
		}
	}
}

func TestCutZipIsReadAsFarAsItGoes(t *testing.T) {
	whole := zipOf(t, [2]string{"a.csv", "氏名,電話\n想定 美咲,080-0088-3479\n"}, [2]string{"b.txt", strings.Repeat("x y z ", 1000)})
	cut := whole[:bytes.Index(whole, []byte("PK\x01\x02"))-20]
	res := extractFile(t, File{Name: "cut.zip", Data: cut})
	if hits(res, []string{"080-0088-3479"}) != 1 || !hasProblem(res, policy.Malformed) {
		t.Errorf("%d hits, problems %s", hits(res, []string{"080-0088-3479"}), problems(res))
	}
}

func TestBytesAroundAZipAreRead(t *testing.T) {
	data := append([]byte("前文 電話 080-0088-3479 です\n"), zipOf(t, [2]string{"a.txt", "090-0051-6855"})...)
	data = append(data, "\n後ろ 070-0083-0913"...)
	res := extractFile(t, File{Name: "a.jpg", Data: data})
	if n := hits(res, []string{"080-0088-3479", "090-0051-6855", "070-0083-0913"}); n != 3 {
		t.Errorf("found %d of 3: %+v", n, res.Parts)
	}
}

// isoImage makes a small ISO 9660 image without Joliet.
func isoImage(files map[string]string) []byte {
	img := make([]byte, 20*isoSector)
	record := func(name string, at, size int, flags byte) []byte {
		n := (33 + len(name) + 1) &^ 1
		rec := make([]byte, n)
		rec[0] = byte(n)
		binary.LittleEndian.PutUint32(rec[2:], uint32(at))
		binary.LittleEndian.PutUint32(rec[10:], uint32(size))
		rec[25], rec[32] = flags, byte(len(name))
		copy(rec[33:], name)
		return rec
	}
	copy(img[16*isoSector:], "\x01CD001\x01")
	copy(img[16*isoSector+156:], record("\x00", 18, isoSector, 2))
	copy(img[17*isoSector:], "\xffCD001\x01")
	dir := append(record("\x00", 18, isoSector, 2), record("\x01", 18, isoSector, 2)...)
	for name, text := range files {
		dir = append(dir, record(name+";1", len(img)/isoSector, len(text), 0)...)
		sector := make([]byte, isoSector)
		copy(sector, text)
		img = append(img, sector...)
	}
	copy(img[18*isoSector:], dir)
	return img
}

func TestISOFilesAreReadByName(t *testing.T) {
	res := extractFile(t, File{Name: "a.iso", Data: isoImage(map[string]string{"LIST.CSV": "氏名,電話\n想定 美咲,080-0088-3479\n"})})
	if len(res.Parts) != 2 || res.Parts[1].Name != "LIST.CSV" || hits(res, []string{"想定 美咲"}) != 1 {
		t.Errorf("%+v", res.Parts)
	}
}

func sumOf(b []byte) sha256Sum { return sha256.Sum256(b) }

func TestSharedStringsAreBounded(t *testing.T) {
	table := "<sst>" + strings.Repeat("<si><t>想定 美咲 想定 美咲</t></si>", 1000) + "</sst>"
	for name, data := range map[string][]byte{
		"a.xlsx": zipOf(t, [2]string{"[Content_Types].xml", "<Types/>"}, [2]string{"xl/workbook.xml", "<workbook/>"}, [2]string{"xl/sharedStrings.xml", table}),
		"a.xlsb": zipOf(t, [2]string{"[Content_Types].xml", "<Types/>"}, [2]string{"xl/workbook.bin", brt(brtWbProp, 0)},
			[2]string{"xl/sharedStrings.bin", strings.Repeat(brt(brtSSTItem, byte(0), "想定 美咲 想定 美咲"), 1000)}),
	} {
		x := testExtractor()
		x.Limits.TextBytes = 2000
		if res := x.Extract(context.Background(), File{Path: "0", Name: name, Data: data}); res.Parts[0].Problem != policy.TooLarge {
			t.Errorf("%s: %+v", name, res.Parts[0])
		}
	}
}

func TestISOThatIsAlsoUDFIsNotCalledRead(t *testing.T) {
	img := isoImage(map[string]string{"LIST.CSV": "氏名,電話\n想定 美咲,080-0088-3479\n"})
	if res := extractFile(t, File{Name: "a.iso", Data: img}); problems(res) != "" {
		t.Errorf("plain image: %s", problems(res))
	}
	bridge := bytes.Clone(img)
	copy(bridge[18*isoSector+1:], "NSR02") // over the directory: only what is said of it counts
	if !hasUDF(bridge) || hasUDF(img) {
		t.Error("UDF was not told from ISO 9660")
	}
}
