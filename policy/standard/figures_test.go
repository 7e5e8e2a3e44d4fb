package standard

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/worker"
)

// figure is what one run took: reading alone, and all of it.
type figure struct {
	Read     time.Duration `json:"read"`
	ReadPeak int64         `json:"read_peak"`
	CPU      time.Duration `json:"cpu"`
	Peak     int64         `json:"peak"` // octets resident, the program itself included
	Findings int           `json:"findings"`
	People   int           `json:"people"`
	Problems []string      `json:"problems"`
}

// measureHere reads one file as a worker does and prints its figure.
func measureHere(file string) int {
	raw, err := os.ReadFile(file)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	r := NewReader(policy.DefaultLimits())
	if err := worker.HandBack(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	worker.Tune(int64(len(raw)))
	begin := processorTime()
	job := Job{Mail: strings.HasSuffix(file, ".eml"), Name: filepath.Base(file), Most: mostInMail} // as the guard asks
	t := r.take(context.Background(), job, raw)
	f := figure{Read: processorTime() - begin, ReadPeak: peakMemory()}
	in := r.inspect(context.Background(), job, t)
	f.CPU, f.Peak = processorTime()-begin, peakMemory()
	f.Findings, f.People, f.Problems = len(in.Findings), in.People.High, problems(in.Parts)
	if json.NewEncoder(os.Stdout).Encode(f) != nil {
		return 1
	}
	return 0
}

// peakMemory is how much of this process was resident at most, in octets.
func peakMemory() int64 {
	status, _ := os.ReadFile("/proc/self/status")
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	if f := strings.Fields(rest); len(f) > 0 {
		kb, _ := strconv.ParseInt(f[0], 10, 64)
		return kb << 10
	}
	return 0
}

func processorTime() time.Duration {
	var u unix.Rusage
	_ = unix.Getrusage(unix.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// TestFigures prints processor time and peak memory per format. It is run by
// `make bench-scan`.
func TestFigures(t *testing.T) {
	if os.Getenv("SEKISHO_FIGURES") == "" {
		t.Skip("skipped: run by make bench-scan")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	fmt.Printf("%-26s %6s %8s %7s %8s %7s %7s  %s\n", "input", "MB", "read ms", "peak MB", "all ms", "peak MB", "MB/s", "found")
	for _, in := range figureInputs() {
		file := filepath.Join(dir, in.name)
		if err := os.WriteFile(file, in.make(), 0o600); err != nil {
			t.Fatal(err)
		}
		st, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		c := exec.Command(self)
		c.Env = []string{measureMark + "=" + file}
		out, err := c.Output()
		var f figure
		if err != nil || json.Unmarshal(out, &f) != nil {
			t.Fatalf("%s: %v", in.name, err)
		}
		mb := float64(st.Size()) / 1e6
		fmt.Printf("%-26s %6.2f %8.0f %7.0f %8.0f %7.0f %7.1f  %d findings, %d people, problems %v\n", in.name, mb,
			f.Read.Seconds()*1000, float64(f.ReadPeak)/(1<<20), f.CPU.Seconds()*1000, float64(f.Peak)/(1<<20),
			mb/max(f.CPU.Seconds(), 1e-6), f.Findings, f.People, f.Problems)
		_ = os.Remove(file)
	}
}

type figureInput struct {
	name string
	make func() []byte
}

func figureInputs() []figureInput {
	return []figureInput{
		{"empty.txt", func() []byte { return nil }},
		{"text 5 MB.txt", func() []byte {
			return bytes.Repeat([]byte("お世話になっております。資料を送付しますので、ご確認をお願いします。\n"), 50_000)
		}},
		{"people 25000x8.csv", func() []byte { return peopleCSV(25_000) }},
		{"people 300000x8.csv", func() []byte { return peopleCSV(300_000) }},
		{"people 25000x8.xlsx", func() []byte { return peopleXLSX(25_000) }},
		{"people 25000x8.html", func() []byte { return peopleHTML(25_000) }},
		{"people 25000x8.csv.gz", func() []byte { return gzipped(peopleCSV(25_000)) }},
		{"people 10 x 2500.zip", func() []byte { return zipped(10, peopleCSV(2500)) }},
		{"paragraphs.docx", paragraphsDOCX},
		{"100 pages.pdf", func() []byte { return pagesPDF(100) }},
		{"attachments 5 x 10 MB.eml", func() []byte { return attachmentMail(5, 10<<20) }},
		{"attachment 1 x 50 MB.eml", func() []byte { return attachmentMail(1, 50<<20) }},
	}
}

func person(i int) []string {
	return []string{strconv.Itoa(i + 1), "山田 " + string(rune('一'+i%5000)), "ヤマダ タロウ", fmt.Sprintf("19%02d-%02d-%02d", 40+i%60, 1+i%12, 1+i%28),
		fmt.Sprintf("東京都千代田区架空%d-%d-%d", 1+i%9, 1+i%30, 1+i%20), fmt.Sprintf("090-0000-%04d", i%10000), fmt.Sprintf("p%d@example.jp", i), fmt.Sprint(1000 + i)}
}

var columns = []string{"番号", "氏名", "フリガナ", "生年月日", "住所", "電話番号", "メール", "備考"}

func peopleCSV(n int) []byte {
	var b bytes.Buffer
	b.WriteString(strings.Join(columns, ",") + "\r\n")
	for i := range n {
		b.WriteString(strings.Join(person(i), ",") + "\r\n")
	}
	return b.Bytes()
}

func peopleHTML(n int) []byte {
	var b bytes.Buffer
	b.WriteString("<html><body><table><tr><th>" + strings.Join(columns, "</th><th>") + "</th></tr>\n")
	for i := range n {
		b.WriteString("<tr><td>" + strings.Join(person(i), "</td><td>") + "</td></tr>\n")
	}
	b.WriteString("</table></body></html>")
	return b.Bytes()
}

func peopleXLSX(n int) []byte {
	var shared, sheet bytes.Buffer
	count := 0
	shared.WriteString(`<?xml version="1.0" encoding="UTF-8"?><sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">`)
	sheet.WriteString(`<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`)
	row := func(r int, cells []string) {
		fmt.Fprintf(&sheet, `<row r="%d">`, r)
		for c, s := range cells {
			fmt.Fprintf(&shared, "<si><t>%s</t></si>", s)
			fmt.Fprintf(&sheet, `<c r="%c%d" t="s"><v>%d</v></c>`, 'A'+c, r, count)
			count++
		}
		sheet.WriteString("</row>")
	}
	row(1, columns)
	for i := range n {
		row(i+2, person(i))
	}
	shared.WriteString("</sst>")
	sheet.WriteString("</sheetData></worksheet>")
	return office(map[string][]byte{
		"[Content_Types].xml":        []byte(`<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>`),
		"xl/workbook.xml":            []byte(`<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="名簿" sheetId="1" r:id="rId1"/></sheets></workbook>`),
		"xl/_rels/workbook.xml.rels": []byte(`<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>`),
		"xl/sharedStrings.xml":       shared.Bytes(),
		"xl/worksheets/sheet1.xml":   sheet.Bytes(),
	})
}

func paragraphsDOCX() []byte {
	var b bytes.Buffer
	b.WriteString(`<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>`)
	for i := range 20_000 {
		fmt.Fprintf(&b, "<w:p><w:r><w:t>第%d条 お世話になっております。資料を送付しますので、ご確認をお願いします。</w:t></w:r></w:p>", i)
	}
	b.WriteString("</w:body></w:document>")
	return office(map[string][]byte{
		"[Content_Types].xml": []byte(`<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>`),
		"word/document.xml":   b.Bytes(),
	})
}

func office(files map[string][]byte) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, data := range files {
		w, err := z.Create(name)
		if err == nil {
			_, _ = w.Write(data)
		}
	}
	_ = z.Close()
	return b.Bytes()
}

func zipped(n int, data []byte) []byte {
	files := map[string][]byte{}
	for i := range n {
		files[fmt.Sprintf("list%d.csv", i)] = data
	}
	return office(files)
}

func gzipped(data []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(data)
	_ = z.Close()
	return b.Bytes()
}

// pagesPDF has pages of 40 lines in a standard font.
func pagesPDF(n int) []byte {
	var b bytes.Buffer
	var at []int
	object := func(s string) {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", len(at), s)
	}
	b.WriteString("%PDF-1.4\n")
	var kids strings.Builder
	for i := range n {
		fmt.Fprintf(&kids, "%d 0 R ", 4+2*i)
	}
	object("<</Type/Catalog/Pages 2 0 R>>")
	object(fmt.Sprintf("<</Type/Pages/Count %d/Kids[%s]>>", n, kids.String()))
	object("<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>")
	for i := range n {
		var s strings.Builder
		s.WriteString("BT /F1 10 Tf 50 780 Td 14 TL\n")
		for l := range 40 {
			fmt.Fprintf(&s, "(Page %d line %d: the quick brown fox jumps over the lazy dog 090-0000-%04d) Tj T*\n", i, l, (i*40+l)%10000)
		}
		s.WriteString("ET")
		object(fmt.Sprintf("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>>>/Contents %d 0 R>>", 5+2*i))
		object(fmt.Sprintf("<</Length %d>>stream\n%s\nendstream", s.Len(), s.String()))
	}
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, o := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, xref)
	return b.Bytes()
}

// asJPEG makes random octets a picture as far as its structure goes: segments, then
// packed data in which a zero follows every 0xff, then the end.
func asJPEG(data []byte) {
	for i := 0; i+1 < len(data); i++ {
		if data[i] == 0xff {
			data[i+1] = 0
		}
	}
	copy(data, "\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00")
	copy(data[len(data)-2:], "\xff\xd9")
}

// attachmentMail has pictures of that many octets each.
func attachmentMail(n, size int) []byte {
	rnd := rand.New(rand.NewPCG(1, 1))
	var b bytes.Buffer
	b.Write(crlf("From: a@example.co.jp\nSubject: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=B\n\n--B\n\nhello\n"))
	for i := range n {
		data := make([]byte, size)
		for k := 0; k+8 <= size; k += 8 {
			v := rnd.Uint64()
			for j := range 8 {
				data[k+j] = byte(v >> (8 * j))
			}
		}
		asJPEG(data)
		fmt.Fprintf(&b, "--B\r\nContent-Type: image/jpeg; name=photo%d.jpg\r\nContent-Transfer-Encoding: base64\r\n\r\n", i)
		line := make([]byte, 76)
		for k := 0; k < size; k += 57 {
			e := line[:base64.StdEncoding.EncodedLen(min(57, size-k))]
			base64.StdEncoding.Encode(e, data[k:min(size, k+57)])
			b.Write(e)
			b.WriteString("\r\n")
		}
	}
	b.WriteString("--B--\r\n")
	return b.Bytes()
}
