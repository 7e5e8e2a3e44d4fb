package detect

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
)

// ownFound lists "type/subtype" of the findings of the organisation's own data.
func ownFound(o Own, text string) string {
	r := New(Options{Own: o}).Detect(context.Background(), []policy.Content{{Part: "1", Text: text, Kind: policy.BodyText}}, Context{})
	var out []string
	for _, f := range r.Findings {
		for _, k := range ownKinds() {
			if f.Type == k.name {
				out = append(out, f.Type+"/"+f.Subtype)
			}
		}
	}
	return strings.Join(out, " ")
}

func TestOwnWords(t *testing.T) {
	list := WordList{Name: "patents", Words: map[string]float64{"出願前": 0.5, "ｸﾚｰﾑ案": 0.6, "draft claim": 1}, Threshold: 1}
	for text, want := range map[string]string{
		"出願前の資料です":           "",
		"出願前の資料と、クレーム案です":    "keyword/patents keyword/patents",
		"The Draft Claim v2": "keyword/patents",
		"The draft claimant": "",
		"出願前、出願前":            "",
		"ＤＲＡＦＴ　ＣＬＡＩＭ（社外秘）を送ります": "keyword/patents",
	} {
		if got := ownFound(Own{Words: []WordList{list}}, text); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

func TestCodeWordsEndWithTheirDate(t *testing.T) {
	day := time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)
	codes := []CodeWord{{Word: "プロジェクト暁", Until: day}}
	for now, want := range map[time.Time]string{day.Add(-time.Hour): "code_word/", day: "", day.Add(time.Hour): ""} {
		if got := ownFound(Own{Codes: codes, Now: func() time.Time { return now }}, "ﾌﾟﾛｼﾞｪｸﾄ暁の件"); got != want {
			t.Errorf("%v: %q", now, got)
		}
	}
}

func TestPatternsNeedSomethingToStartFrom(t *testing.T) {
	for _, expr := range []string{`.*`, `[a-z]+`, `\w+@\w+`, `(abc|d)`, `\d{3}`, `a?b?`, `(`, `[0-9a-f]{32}`} {
		if _, err := NewPattern("p", expr, 1); err == nil {
			t.Errorf("%s was taken", expr)
		}
	}
	for expr, text := range map[string]string{
		`KM-\d{4}-[A-Z]`:           "部品 KM-2041-Q を",
		`(?i)project\s+heron`:      "about Project  Heron now",
		`(?:契約|覚書)番号[:：]\s*[A-Z]+`: "覚書番号： XY",
		`\b\d{4}/\d{2}K\b`:         "no 2041/77K here",
		`[0-9]{5,}[a-f]`:           "x 12345a",
	} {
		p, err := NewPattern("p", expr, 1)
		if err != nil {
			t.Error(err)
			continue
		}
		if got := ownFound(Own{Patterns: []*Pattern{p}}, text); got != "pattern/p" {
			t.Errorf("%s in %s: %q", expr, text, got)
		}
		if got := ownFound(Own{Patterns: []*Pattern{p}}, strings.Repeat("あ", 400)+text+strings.Repeat("い", 400)); got != "pattern/p" {
			t.Errorf("%s inside a long text: %q", expr, got)
		}
	}
}

func edmOf(t *testing.T, csv string) *EDM {
	t.Helper()
	var b bytes.Buffer
	if _, err := BuildEDM(strings.NewReader(csv), &b, nil); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "4711") {
		t.Error("a value stands in the table")
	}
	e, err := MapEDM("customers", true, onDisk(t, b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// onDisk is a file with the bytes.
func onDisk(t *testing.T, data []byte) *os.File {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func TestExactMatch(t *testing.T) {
	e := edmOf(t, "id,name,mail\nKX-4711-22,真鍋 律,manabe@example.org\nKX-9999-01,三枝 凛,saegusa@example.net\n")
	for text, want := range map[string]string{
		"お客様 ＫＸ４７１１２２（Manabe@example.org）の件": "exact_match/customers",
		"KX-4711-22 と saegusa@example.net":   "", // two rows
		"KX-4711-22 KX-4711-22":              "", // one value
		"真鍋 律 様 (KX471122)":                  "exact_match/customers",
	} {
		if got := ownFound(Own{Exact: []*EDM{e}}, text); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

func TestExactMatchNeedsARareValue(t *testing.T) {
	var csv strings.Builder
	csv.WriteString("id,plan,town\n")
	for i := range 40 { // 40 rows share plan and town
		fmt.Fprintf(&csv, "KX-%04d-77,standard,札幌市中央区\n", i)
	}
	e := edmOf(t, csv.String())
	for text, want := range map[string]int{"KX-0007-77 standard": 0, "会員\tKX-0007-77\t札幌市中央区\n会員\tKX-0008-77\t札幌市中央区\n会員\tKX-0009-77\t札幌市中央区\n": 3, "standard 札幌市中央区": 0} {
		got := strings.Count(ownFound(Own{Exact: []*EDM{e}}, text), "exact_match")
		if got != want {
			t.Errorf("%s: %d matches, want %d", text, got, want)
		}
	}
}

// People of a table count once, with and without a name beside.
func TestExactMatchesCountPeople(t *testing.T) {
	var csv, mail strings.Builder
	csv.WriteString("id,code\n")
	for i := range 30 {
		fmt.Fprintf(&csv, "KX-%04d-77,ZZ%05d\n", i, i*37)
		fmt.Fprintf(&mail, "KX-%04d-77 / ZZ%05d\n", i, i*37)
	}
	e := edmOf(t, csv.String())
	d := New(Options{Own: Own{Exact: []*EDM{e}}})
	part := policy.Content{Part: "1", Text: mail.String(), Kind: policy.BodyText}
	r := d.Detect(context.Background(), []policy.Content{part, part}, Context{})
	if r.People.High != 30 {
		t.Errorf("%d people, want 30", r.People.High)
	}
	one := policy.Content{Part: "1", Text: "氏名：真鍋 律 様\n番号：KX-0003-77 / ZZ00111\n", Kind: policy.BodyText}
	if r := d.Detect(context.Background(), []policy.Content{one}, Context{}); r.People.High != 1 {
		t.Errorf("%d people, want 1", r.People.High)
	}
}

// A listed word in a row is no person, and does not make two of the one there.
func TestListedWordsAreNoPeople(t *testing.T) {
	d := New(Options{Own: Own{Words: []WordList{{Name: "w", Words: map[string]float64{"特別会員": 1}}}}})
	text := "氏名,区分,電話\n"
	for i := range 12 {
		text += fmt.Sprintf("%s,特別会員,090-1234-5%03d\n", []string{"真鍋 律", "三枝 凛", "門脇 稔", "篠原 修平"}[i%4], i)
	}
	r := d.Detect(context.Background(), []policy.Content{{Part: "1", Text: text, Kind: policy.FileText}}, Context{})
	if r.People.High != 12 {
		t.Errorf("%d people, want 12", r.People.High)
	}
	for _, f := range r.Findings {
		if f.Type == "keyword" && f.Reason.EN != "registered under w" {
			t.Errorf("reason %q", f.Reason.EN)
		}
	}
}

func TestEDMColumns(t *testing.T) {
	var b bytes.Buffer
	stats, err := BuildEDM(strings.NewReader("\ufeffid,name,note\nA-12345,真鍋 律,hello\n"), &b, []string{"ID", "note"})
	if err != nil || stats.Rows != 1 || stats.Values != 2 || strings.Join(stats.Columns, ",") != "id,note" {
		t.Errorf("%+v %v", stats, err)
	}
	if _, err := BuildEDM(strings.NewReader("id,name\n"), &b, []string{"mail"}); err == nil || !strings.Contains(err.Error(), "id, name") {
		t.Errorf("an unknown column: %v", err)
	}
}

func TestMapsRefuseOtherFiles(t *testing.T) {
	for name, data := range map[string]string{"empty": "", "short": edmMagic, "odd": edmMagic + strings.Repeat("x", 30), "text": strings.Repeat("customers ", 100) + "ab",
		"cut documents": docMagic + "\x00\x00", "many documents": docMagic + "\xff\xff\xff\xff", "unknown document": docMagic + "\x00\x00\x00\x01" + "\x00\x00\x00\x09" + "hashhash\x00\x00\x00\x05"} {
		if _, err := MapEDM("x", false, onDisk(t, []byte(data))); !errors.Is(err, ErrEDM) {
			t.Errorf("%s as a table: %v", name, err)
		}
		if _, err := MapDocuments("x", onDisk(t, []byte(data))); !errors.Is(err, ErrDocuments) {
			t.Errorf("%s as fingerprints: %v", name, err)
		}
	}
	if _, err := BuildEDM(strings.NewReader(""), &bytes.Buffer{}, nil); err == nil {
		t.Error("an empty CSV was taken")
	}
}

func TestFingerprints(t *testing.T) {
	secretText := "来期の事業再編について、取締役会は三つの案を検討した。第一の案は北の工場を閉じて生産を西へ移すもの、第二の案は販売会社を一つにまとめるもの、第三の案は研究所を切り離して新しい会社とするものである。いずれの案も年度末までに結論を出す。" +
		"費用の見積りは別紙のとおりで、第二の案が最も小さい。従業員への説明は発表の前日に行う。報道への対応は広報室が一手に引き受け、問い合わせには定められた答えだけを返すこととする。"
	var prints Fingerprints
	var other strings.Builder
	for i := range 20 {
		fmt.Fprintf(&other, "第%d倉庫の棚卸しでは%d個の差異があり、理由を別紙%dに記した。", i*7, i*i, i+40)
	}
	if !prints.Add(other.String()) || !prints.Add(secretText) || prints.Add("短い文書") || prints.Len() != 2 {
		t.Fatal("documents were not taken as they should")
	}
	var b bytes.Buffer
	if err := prints.Write(&b); err != nil {
		t.Fatal(err)
	}
	doc, err := MapDocuments("再編案", onDisk(t, b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	part := strings.ReplaceAll(secretText[len(secretText)/3/3*3:], "、", " ")
	for text, want := range map[string]string{
		secretText: "confidential_document/再編案",
		"転送します。\n> " + part + "\n以上": "confidential_document/再編案",
		strings.Repeat("本日の会議では来年度の計画について意見を交換しました。詳細は議事録をご覧ください。", 5): "",
		"": "",
	} {
		if got := ownFound(Own{Documents: []*Documents{doc}}, text); got != want {
			t.Errorf("%.60s: %q", text, got)
		}
	}
}

func TestSensitivityLabels(t *testing.T) {
	for text, want := range map[string]string{
		"msip_labels: MSIP_Label_7a1b-22_Enabled=true; MSIP_Label_7a1b-22_Name=Highly Confidential;": "sensitivity_label/highly confidential",
		"MSIP_Label_7a1b-22_Name=社外秘\n":                                                              "sensitivity_label/社外秘",
		"MSIP_Label_7a1b-22_Name=a\u200bb\n":                                                         "",
		"Subject: x\nSensitivity: Company-Confidential\n":                                            "sensitivity_label/company-confidential",
		"The sensitivity: Private rooms":                                                             "",
		"MSIP_Label_":                                                                                "",
	} {
		if got := ownFound(Own{}, text); got != want {
			t.Errorf("%s: %q", text, got)
		}
	}
}

func FuzzOwnPattern(f *testing.F) {
	f.Add(`KM-\d{4}`, "KM-2041")
	f.Add(`(?i)a{3}|b{4}c`, "xaaa")
	f.Fuzz(func(t *testing.T, expr, text string) {
		p, err := NewPattern("p", expr, 1)
		if err != nil || !strings.Contains(text, "\n") && len(text) > 4096 {
			return
		}
		for _, h := range p.find(text) {
			if h.start < 0 || h.end > len(text) || h.start >= h.end {
				t.Fatal(h)
			}
		}
	})
}
