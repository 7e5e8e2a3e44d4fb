package demo

import (
	"archive/zip"
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"strings"

	"golang.org/x/text/encoding/japanese"
)

var (
	surnames = []string{"佐藤", "鈴木", "高橋", "田中", "渡辺", "伊藤", "山本", "中村", "小林", "加藤", "吉田", "山田", "佐々木", "山口", "松本", "井上", "木村", "林", "斎藤", "清水"}
	given    = []string{"花子", "太郎", "美咲", "健一", "陽子", "大輔", "直美", "拓也", "恵", "翔太", "由美", "誠", "さくら", "剛", "明美", "隆", "真由美", "浩", "千春", "悟"}
	towns    = []string{"東京都新宿区西新宿", "大阪府大阪市北区梅田", "愛知県名古屋市中区栄", "北海道札幌市中央区大通西", "福岡県福岡市博多区博多駅前"}
)

// memberName is the i-th invented person.
func memberName(i int) string {
	return surnames[dice(i, 1, len(surnames))] + " " + given[dice(i, 2, len(given))]
}

// dice draws the k-th attribute of the i-th person from n values, the same at
// every run (the finalizer of splitmix64).
func dice(i, k, n int) int {
	x := uint64(i)*0x9e3779b97f4a7c15 + uint64(k)*0xd1b54a32d192ed03
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return int((x ^ x>>31) % uint64(n))
}

// members is a list of n invented people as CSV in CP932, as a Japanese shop
// system exports it.
func members(n int) []byte {
	var b strings.Builder
	b.WriteString("会員番号,氏名,生年月日,郵便番号,住所,電話番号,メールアドレス\r\n")
	for i := range n {
		fmt.Fprintf(&b, "M%06d,%s,%d/%02d/%02d,%03d-%04d,%s%d-%d-%d,090-%04d-%04d,member%05d@mail.example\r\n",
			100000+i, memberName(i), 1950+dice(i, 3, 55), 1+dice(i, 4, 12), 1+dice(i, 5, 28), 100+dice(i, 6, 800), dice(i, 7, 10000),
			towns[dice(i, 8, len(towns))], 1+dice(i, 9, 9), 1+dice(i, 10, 30), 1+dice(i, 11, 20), dice(i, 12, 10000), dice(i, 13, 10000), i)
	}
	out, err := japanese.ShiftJIS.NewEncoder().String(b.String())
	if err != nil {
		return []byte(b.String()) // every character above exists in CP932
	}
	return []byte(out)
}

// myNumber appends the check digit of ordinance 85 of 2014, article 5, to 11
// digits.
func myNumber(digits string) string {
	sum := 0
	for n := 1; n <= 11; n++ {
		q := n + 1
		if n > 6 {
			q = n - 5
		}
		sum += int(digits[11-n]-'0') * q
	}
	check := 11 - sum%11
	if sum%11 <= 1 {
		check = 0
	}
	return digits + string(rune('0'+check))
}

// payroll is a small .xlsx with a My Number column.
func payroll() ([]byte, error) {
	rows := [][]string{{"社員番号", "氏名", "個人番号", "扶養人数"}}
	for i := range 12 {
		rows = append(rows, []string{fmt.Sprintf("E%04d", 1201+i), memberName(i * 3),
			myNumber(fmt.Sprintf("%011d", 48215093716+int64(i)*730154921%40000000000)), fmt.Sprint(i % 3)})
	}
	var sheet strings.Builder
	sheet.WriteString(`<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`)
	for r, row := range rows {
		fmt.Fprintf(&sheet, `<row r="%d">`, r+1)
		for c, cell := range row {
			fmt.Fprintf(&sheet, `<c r="%c%d" t="inlineStr"><is><t>%s</t></is></c>`, 'A'+c, r+1, cell)
		}
		sheet.WriteString(`</row>`)
	}
	sheet.WriteString(`</sheetData></worksheet>`)
	return zipped([]member{
		{"[Content_Types].xml", `<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>`},
		{"_rels/.rels", `<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/workbook.xml", `<?xml version="1.0" encoding="UTF-8"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="年末調整" sheetId="1" r:id="rId1"/></sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`},
		{"xl/worksheets/sheet1.xml", sheet.String()},
	})
}

type member struct{ name, content string }

func zipped(members []member) ([]byte, error) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, m := range members {
		f, err := w.Create(m.name)
		if err != nil {
			return nil, fmt.Errorf("add %s to archive: %w", m.name, err)
		}
		if _, err := f.Write([]byte(m.content)); err != nil {
			return nil, fmt.Errorf("write %s: %w", m.name, err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("close archive: %w", err)
	}
	return b.Bytes(), nil
}

// lockedZip is a ZIP whose only member is encrypted with the traditional cipher
// (PKWARE APPNOTE section 6.1), the one that Windows opens and that senders use.
func lockedZip(name string, content []byte, password string) ([]byte, error) {
	sum := crc32.ChecksumIEEE(content)
	head := make([]byte, 12)
	if _, err := rand.Read(head); err != nil {
		return nil, fmt.Errorf("read random bytes: %w", err)
	}
	head[11] = byte(sum >> 24)
	c := newZipCipher(password)
	sealed := c.encrypt(append(head, content...))
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	f, err := w.CreateRaw(&zip.FileHeader{Name: name, Method: zip.Store, Flags: 1, CRC32: sum,
		CompressedSize64: uint64(len(sealed)), UncompressedSize64: uint64(len(content))})
	if err != nil {
		return nil, fmt.Errorf("add locked member: %w", err)
	}
	if _, err := f.Write(sealed); err != nil {
		return nil, fmt.Errorf("write locked member: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("close locked archive: %w", err)
	}
	return b.Bytes(), nil
}

type zipCipher struct{ k0, k1, k2 uint32 }

func newZipCipher(password string) *zipCipher {
	c := &zipCipher{0x12345678, 0x23456789, 0x34567890}
	for i := range len(password) {
		c.update(password[i])
	}
	return c
}

func (c *zipCipher) update(b byte) {
	c.k0 = crc32.IEEETable[byte(c.k0)^b] ^ c.k0>>8
	c.k1 = (c.k1+c.k0&0xff)*134775813 + 1
	c.k2 = crc32.IEEETable[byte(c.k2)^byte(c.k1>>24)] ^ c.k2>>8
}

func (c *zipCipher) encrypt(plain []byte) []byte {
	out := make([]byte, len(plain))
	for i, b := range plain {
		t := uint16(c.k2) | 2
		out[i] = b ^ byte(uint32(t)*uint32(t^1)>>8)
		c.update(b)
	}
	return out
}

// brokenBook starts like an Excel file and ends in the middle, as a file does
// whose upload was cut: nobody can say what is in it.
func brokenBook() ([]byte, error) {
	whole, err := payroll()
	if err != nil {
		return nil, err
	}
	cut := bytes.Clone(whole[:len(whole)/2])
	binary.LittleEndian.PutUint32(cut[14:], 0xdeadbeef)
	for i := 60; i < len(cut); i++ {
		cut[i] ^= byte(i * 37)
	}
	return cut, nil
}
