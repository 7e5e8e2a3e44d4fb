package standard

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/policy/worker"
)

// bomb is an input that is made to cost far more than it weighs.
type bomb struct {
	name string
	data string
	// problem is what must be said of it; "" for one that is simply read.
	problem policy.Problem
	// found is a type that must be found in it all the same.
	found string
}

func repeat(s string, n int) string { return strings.Repeat(s, n) }

// packed is a zip package of the given members.
func packed(members ...[2]string) string {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, m := range members {
		w, err := z.Create(m[0])
		if err == nil {
			_, err = w.Write([]byte(m[1]))
		}
		if err != nil {
			panic(err)
		}
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return b.String()
}

const contentTypes = `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`

func sheetBomb(sheet, shared string) string {
	return packed([2]string{"[Content_Types].xml", contentTypes},
		[2]string{"xl/workbook.xml", `<workbook xmlns:r="r"><sheets><sheet name="S" r:id="a"/></sheets></workbook>`},
		[2]string{"xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="a" Target="worksheets/sheet1.xml"/></Relationships>`},
		[2]string{"xl/worksheets/sheet1.xml", "<worksheet><sheetData>" + sheet + "</sheetData></worksheet>"},
		[2]string{"xl/sharedStrings.xml", "<sst>" + shared + "</sst>"})
}

func odsBomb(rows string) string {
	return packed([2]string{"mimetype", "application/vnd.oasis.opendocument.spreadsheet"},
		[2]string{"META-INF/manifest.xml", "<manifest/>"},
		[2]string{"content.xml", `<office:document-content><office:spreadsheet><table:table table:name="S">` + rows + "</table:table></office:spreadsheet></office:document-content>"})
}

func docxBomb(document string) string {
	return packed([2]string{"[Content_Types].xml", contentTypes}, [2]string{"word/document.xml", document})
}

// again packs or encodes something n times.
func again(n int, data string, one func(string) string) string {
	for range n {
		data = one(data)
	}
	return data
}

func inGzip(s string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write([]byte(s))
	_ = z.Close()
	return b.String()
}

const tel = "電話 090-1234-5678 "

func bombs() []bomb {
	multipart := "From: a@example.co.jp\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
	return []bomb{
		{"gzip in gzip.gz", again(30, tel, inGzip), policy.TooDeep, ""},
		{"zeros.gz", inGzip(inGzip(repeat("\x00", 30<<20))), policy.TooLarge, ""},
		{"zip in zip.zip", again(30, tel, func(s string) string { return packed([2]string{"a.zip", s}) }), policy.TooDeep, ""},
		{"members.zip", packed(make([][2]string, 20_100)...), policy.TooLarge, ""},
		{"flat.zip", packed([2]string{"a.txt", repeat("\x00", 30<<20)}), policy.TooLarge, ""},
		{"docx in docx.docx", again(30, "x", func(s string) string {
			return packed([2]string{"[Content_Types].xml", contentTypes}, [2]string{"word/embeddings/a.docx", s})
		}), policy.TooDeep, ""},
		{"base64 of base64.txt", again(12, repeat(tel, 3000), func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }), "", ""},
		{"blobs.txt", repeat("x "+base64.StdEncoding.EncodeToString([]byte(repeat(tel, 4)))+"\n", 21_000), policy.TooLarge, "phone"},
		{"far cells.xlsx", sheetBomb(repeat(`<row><c r="A1"><v>1</v></c><c r="XFD1"><v>2</v></c></row>`, 20_000), ""), "", ""},
		{"one string.xlsx", sheetBomb(repeat(`<row><c t="s"><v>0</v></c></row>`, 3000), "<si><t>"+repeat("abc def ", 4000)+"</t></si>"), policy.TooLarge, ""},
		{"exponents.xlsx", sheetBomb(repeat(`<row><c><v>1.5E+999999999</v></c><c><v>1E-999999999</v></c></row>`, 2000), ""), "", ""},
		{"repeated.ods", odsBomb(`<table:table-row table:number-rows-repeated="1048576"><table:table-cell table:number-columns-repeated="16384"><text:p>090-1234-5678</text:p></table:table-cell></table:table-row>`), "", "phone"},
		{"endless repeat.ods", odsBomb(repeat(`<table:table-row><table:table-cell table:number-columns-repeated="99999999999999999999"/></table:table-row>`, 1000)), "", ""},
		{"blanks.odt", packed([2]string{"mimetype", "application/vnd.oasis.opendocument.text"}, [2]string{"META-INF/manifest.xml", "<manifest/>"},
			[2]string{"content.xml", "<office:document-content><text:p>" + repeat(`<text:s text:c="2000000000"/>x`, 1000)}), "", ""},
		{"laughs.docx", docxBomb(`<!DOCTYPE a [<!ENTITY a "x"><!ENTITY b "` + repeat("&a;", 1000) + `">]><w:t>` + repeat("&b;", 10_000) + tel + "</w:t>"), "", "phone"},
		{"deep.docx", docxBomb("<w:document>" + repeat("<w:tbl><w:tr><w:tc>", 30_000) + "<w:t>" + tel), "", "phone"},
		{"attributes.xml", `<?xml version="1.0"?><a ` + repeat(`b="1" `, 200_000) + ">" + tel + "</a>", "", "phone"},
		{"nested.html", "<html>" + repeat("<table><tr><td>", 30_000) + tel, "", "phone"},
		{"classes.html", "<html><style>" + repeat(".c{display:none}", 20_000) + "</style>" + repeat("<p class=c>x</p>", 10_000) + tel, "", "phone"},
		{"comments.html", "<html>" + repeat("<!--x-->", 100_000) + tel, "", "phone"},
		{"groups.rtf", `{\rtf1` + repeat(`{\b `, 100_000) + tel, policy.TooDeep, ""},
		{"objects.rtf", `{\rtf1` + repeat(`{\*\objdata `, 50_000) + "d0cf11e0", policy.TooDeep, ""},
		{"brackets.json", repeat("[", 500_000) + `"090-1234-5678"`, "", "phone"},
		{"quotes.csv", repeat(`"`, 1_000_000) + "\n" + tel, "", "phone"},
		{"separators.csv", repeat(",", 5_300_000), policy.TooLarge, ""},
		{"folds.ics", "BEGIN:VCALENDAR\nSUMMARY:" + repeat("x\n ", 400_000) + "\nDESCRIPTION:" + tel + "\nEND:VCALENDAR\n", "", "phone"},
		{"soft breaks.vcf", "BEGIN:VCARD\nNOTE;ENCODING=QUOTED-PRINTABLE:" + repeat("x=\n", 300_000) + "\nTEL:090-1234-5678\nEND:VCARD\n", "", "phone"},
		{"uuencoded.txt", repeat("begin 644 a\n#0V%T\n", 22_000), policy.TooLarge, ""},
		{"mails.mbox", repeat("From a@example.jp Mon Jan  1 00:00:00 2024\nFrom: a@example.jp\nSubject: x\nDate: x\n\nx\n\n", 20_100), policy.TooLarge, ""},
		{"deep.eml", "From: a@example.jp\nMIME-Version: 1.0\n" + repeat("Content-Type: multipart/mixed; boundary=b\n\n--b\n", 2000) + "\nx", policy.TooDeep, ""},
		{"parts.eml", multipart + repeat("--b\n\nx\n", 50_000), policy.TooLarge, ""},
		{"mails in mails.eml", "From: a@example.jp\n" + repeat("Content-Type: message/rfc822\n\n", 5000), policy.TooDeep, ""},
		{"parameters.eml", "From: a@example.jp\nContent-Type: text/plain" + repeat(";\n x=y", 50_000) + "\n\n" + tel, policy.TooLarge, "phone"},
		{"encoded words.eml", "From: a@example.jp\nSubject: " + repeat("=?utf-8?Q?=41?=\n ", 30_000) + "\n\n" + tel, policy.TooLarge, "phone"},
		{"comments in an address.eml", "From: a@example.jp\nTo: " + repeat("(", 200_000) + "\n\n" + tel, "", "phone"},
		{"header lines.eml", "From: a@example.jp\n" + repeat("X: y\n", 60_000) + "\n" + tel, policy.TooLarge, "phone"},
		{"digits.txt", repeat("1 ", 100_000) + "\n" + tel, "", "phone"},
		{"at signs.txt", repeat("a@", 500_000) + "\n" + tel, "", "phone"},
		{"numbers in one line.txt", repeat("090-1234-5678 ", 50_000), "", "phone"},
		{"names.txt", repeat("田中様", 60_000), "", ""},
		{"escapes.txt", repeat("\x1b$B", 300_000) + "\x1b(B\n090-1234-5678", "", ""},
		{"overrides.txt", repeat("\u202e0", 100_000) + "\n" + tel, "", ""},
	}
}

// Hostile input ends in a verdict: a worker of the usual limits answers, and what it
// could not read is a problem; or it is ended, which is the same problem. Their cost is measured elsewhere (docs/reading.md).
func TestBombsEndInAVerdict(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped: short run")
	}
	p := newPool(t, func(o *worker.Options) { o.Limits = policy.DefaultLimits() })
	for _, b := range append(bombs(), moreBombs()...) {
		t.Run(b.name, func(t *testing.T) {
			job := Job{Name: b.name, Mail: strings.HasSuffix(b.name, ".eml")}
			data := []byte(b.data)
			if job.Mail {
				data = crlf(b.data)
			}
			in, problem, err := p.Inspect(t.Context(), job, email.BytesBody(data))
			if err != nil {
				if problem != b.problem || problem == policy.NoProblem {
					t.Errorf("the worker was killed: %v, %q", err, problem)
				}
				return
			}
			got := problems(in.Parts)
			if b.problem != "" && !strings.Contains(strings.Join(got, "\n"), string(b.problem)) {
				t.Errorf("problems %.200q, want %s", got, b.problem)
			}
			has := b.found == ""
			for _, f := range in.Findings {
				has = has || f.Type == b.found
			}
			if !has {
				t.Errorf("%d findings, none of type %s", len(in.Findings), b.found)
			}
		})
	}
}

// asked are workers that only count.
type asked int

func (a *asked) Inspect(context.Context, Job, email.Body) (policy.Inspection, policy.Problem, error) {
	*a++
	return policy.Inspection{}, policy.NoProblem, nil
}

// A text that costs too much in the main process goes to a worker. Time stands still:
// what is told here is what the text itself costs, not how fast the machine is.
func TestLargeMailIsNotReadHereAtAnyCost(t *testing.T) {
	synctest.Test(t, largeMailIsNotReadHereAtAnyCost)
}

func largeMailIsNotReadHereAtAnyCost(t *testing.T) {
	mail := func(kind, line string, size int) []byte {
		return crlf("From: a@example.co.jp\nTo: b@example.com\nSubject: x\nDate: Sun, 22 Nov 2026 05:00:00 +0000\nMessage-ID: <1@example.co.jp>\n" +
			"MIME-Version: 1.0\nContent-Type: " + kind + "; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n" + repeat(line+"\n", size/len(line)))
	}
	for _, c := range []struct {
		name, kind, line string
		size             int
		want             asked
	}{
		{"text", "text/plain", "お世話になっております。資料を送付します。", 2 << 20, 0},
		{"a table", "text/csv; name=a.csv", "a,b,c,d", 400 << 10, 0},
		{"commas", "text/plain", repeat(",", 900), 1 << 20, 0},
		{"a table of commas", "text/csv; name=a.csv", repeat(",", 900), 1 << 20, 1},
	} {
		var workers asked
		i := Inspector{Reader: NewReader(policy.DefaultLimits()), Workers: &workers, Limits: policy.DefaultLimits(), Log: slog.New(slog.DiscardHandler)}
		i.Inspect(t.Context(), email.Envelope{}, email.BytesBody(mail(c.kind, c.line, c.size)))
		if workers != c.want {
			t.Errorf("%s: workers were asked %d times, want %d", c.name, workers, c.want)
		}
	}
	var workers asked
	i := Inspector{Reader: NewReader(policy.DefaultLimits()), Workers: &workers, Limits: policy.DefaultLimits(), Log: slog.New(slog.DiscardHandler)}
	over, cancel := context.WithCancel(t.Context())
	cancel() // as when its time here is up
	l := &lane{}
	if _, ok := i.inProcess(over, i.Reader, Job{Mail: true}, email.BytesBody(mail("text/plain", "text", 100<<10)), l); ok {
		t.Error("a reading that was cut off counts")
	}
}
