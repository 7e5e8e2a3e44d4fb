package detect

import (
	"context"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
)

// usual is a Detector without options. It is made once: that takes longer than most
// tests do.
var usual = sync.OnceValue(func() *Detector { return New(Options{}) })

// oneGoroutine skips a test that reads much text in one goroutine, under -short: that
// is the race detector's run, and it has nothing to find there.
func oneGoroutine(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("reads much text in one goroutine; not under -short")
	}
}

func detectText(t *testing.T, text string) Result {
	t.Helper()
	return detectWith(usual(), text)
}

func detectWith(d *Detector, text string) Result {
	return d.Detect(context.Background(), []policy.Content{{Part: "1", Text: text, Kind: policy.BodyText}}, Context{})
}

// values lists "type=text" of the findings.
func values(text string, r Result) []string {
	runes := []rune(text)
	var out []string
	for _, f := range r.Findings {
		out = append(out, f.Type+"="+string(runes[f.Place.Start:f.Place.End]))
	}
	return out
}

// privateValues are the values of the private data of a result.
func privateValues(text string, r Result) []string {
	var out []string
	for i, v := range values(text, r) {
		if r.Findings[i].Type != "business_contact" {
			out = append(out, v)
		}
	}
	return out
}

func TestOffsetsAreCodePointsOfTheOriginalText(t *testing.T) {
	text := "𠮷野家の件です。\r\n個人番号：１２３４\u200b－５６７８－９０１８です"
	r := detectText(t, text)
	got := strings.Join(values(text, r), " ")
	if !strings.Contains(got, "my_number=１２３４\u200b－５６７８－９０１８") {
		t.Fatalf("found %q", got)
	}
}

func TestFindingsTellMaskedEvidence(t *testing.T) {
	text := "社員番号,氏名,個人番号\nE0001,佐久間 蒼真,123456789018\nE0002,門脇 節子,983205673214\n"
	r := usual().Detect(context.Background(), []policy.Content{{Part: "2/1", Where: "a.csv", Text: text}}, Context{})
	found := false
	for _, f := range r.Findings {
		if strings.Contains(f.Masked.String(), "56789018") || strings.Contains(f.Reason.JA+f.Reason.EN+f.Place.Where+f.Key, "123456789018") {
			t.Errorf("raw value in %+v", f)
		}
		if f.Type != "my_number" {
			continue
		}
		found = true
		if f.Confidence < 0.95 || f.Masked.String() != "1234********" && f.Masked.String() != "9832********" {
			t.Errorf("confidence %v, masked %s", f.Confidence, f.Masked)
		}
		if want := "column headed 個人番号"; !strings.Contains(f.Reason.EN, want) || !strings.Contains(f.Reason.JA, "列名が「個人番号」") || !strings.Contains(f.Reason.EN, "2 of 2 rows pass") {
			t.Errorf("reason %+v", f.Reason)
		}
		if !strings.HasPrefix(f.Place.Where, "a.csv / row ") || f.Place.Part != "2/1" || f.Count != 1 || f.Key == "" {
			t.Errorf("place %+v count %d key %q", f.Place, f.Count, f.Key)
		}
	}
	if !found {
		t.Fatal("no My Number")
	}
	if r.People.High != 2 || r.People.Low != 2 {
		t.Errorf("people %+v", r.People)
	}
}

func TestSecretsAreStarredOut(t *testing.T) {
	r := detectText(t, "パスワード：Xk93hs!Qz です")
	if len(r.Findings) != 1 || r.Findings[0].Type != "secret" || strings.Trim(r.Findings[0].Masked.String(), "*") != "" {
		t.Fatalf("%+v", r.Findings)
	}
}

func TestEqualValuesHaveEqualKeys(t *testing.T) {
	d := usual()
	text := "カード番号 4539-5787-6362-1486\nカード番号 4539578763621486\nカード番号 5424 0000 0000 0015"
	r := d.Detect(context.Background(), []policy.Content{{Part: "1", Text: text}}, Context{})
	if len(r.Findings) != 3 {
		t.Fatalf("%v", values(text, r))
	}
	if r.Findings[0].Key != r.Findings[1].Key || r.Findings[0].Key == r.Findings[2].Key {
		t.Error("keys do not tell equal from different")
	}
}

func TestThoseWhoTakePartDoNotCount(t *testing.T) {
	cx := Context{
		Sender:     email.MustAddress("yamada@example.co.jp"),
		Recipients: []email.Address{email.MustAddress("Tanaka@partner.example"), email.MustAddress("x.suzuki@gmail.com")},
		Domains:    []string{"example.co.jp"},
		Header:     policy.Header{To: []policy.Mailbox{{Name: "田中 健吾", Address: email.MustAddress("tanaka@partner.example")}}},
	}
	text := "氏名：田中　健吾\nメール：tanaka@partner.example\n同僚：office7@example.co.jp\n別人：k.okita@gmail.com\n同社：sato@partner.example"
	r := usual().Detect(context.Background(), []policy.Content{{Part: "1", Text: text, Kind: policy.BodyText}}, cx)
	private := privateValues(text, r)
	if len(private) != 1 || private[0] != "email=k.okita@gmail.com" {
		t.Errorf("private: %v", private)
	}
}

func TestHeaderFieldsNameThoseWhoTakePart(t *testing.T) {
	text := "From: 山本 修平 <s.yamamoto@shop.example>\r\nSubject: 佐久間 蒼真様 090-1234-5678\r\nMessage-ID: <abc.def@mail.shop.example>\r\n"
	r := usual().Detect(context.Background(), []policy.Content{{Part: "0/h", Text: text, Kind: policy.HeaderText}}, Context{})
	got := map[string]bool{}
	for _, v := range values(text, r) {
		got[v] = true
	}
	if !got["phone=090-1234-5678"] || !got["person_name=佐久間 蒼真"] || got["email=s.yamamoto@shop.example"] || got["person_name=山本 修平"] || got["email=abc.def@mail.shop.example"] {
		t.Errorf("%v", got)
	}
}

func TestEncryptedPeopleCountApartUnlessThePasswordTravelsToo(t *testing.T) {
	list := "氏名,電話番号\n佐久間 蒼真,090-1234-5678\n門脇 節子,080-2345-6789\n"
	sealed := policy.Content{Part: "2/1", Text: list, Encrypted: true}
	d := usual()
	r := d.Detect(context.Background(), []policy.Content{{Part: "1", Text: "添付します。", Kind: policy.BodyText}, sealed}, Context{})
	if r.People.High != 2 || r.People.Unencrypted != 0 || r.Findings[0].Unencrypted {
		t.Errorf("sealed: %+v", r.People)
	}
	r = d.Detect(context.Background(), []policy.Content{{Part: "1", Text: "パスワード：Xk93hsQz", Kind: policy.BodyText}, sealed}, Context{})
	if r.People.High != 2 || r.People.Unencrypted != 2 {
		t.Errorf("password in the same mail: %+v", r.People)
	}
}

func TestTheSameListTwiceCountsOnce(t *testing.T) {
	list := "氏名,電話番号\n佐久間 蒼真,090-1234-5678\n門脇 節子,080-2345-6789\n"
	r := usual().Detect(context.Background(), []policy.Content{{Part: "1", Text: list}, {Part: "2", Text: list}}, Context{})
	if r.People.High != 2 {
		t.Errorf("%+v", r.People)
	}
}

func TestWhoIsOnePerson(t *testing.T) {
	for _, c := range []struct {
		name, text string
		high       int
	}{
		{"a person in three rows", "氏名,電話番号,生年月日\n辻 律,090-1234-5678,1990-01-02\n辻 律,080-1234-5678,1990-01-02\n辻　律,090-1234-5678,\n", 1},
		{"two people of one name", "氏名,生年月日\n辻 律,1990-01-02\n辻 律,1985-11-30\n", 2},
		{"a family with one mail address", "氏名,メール\n辻 律,tsuji@mail.example.org\n辻 茂,tsuji@mail.example.org\n", 2},
		{"totals and blank rows", "氏名,基本給\n辻 律,320000円\n,\n合計,320000円\n", 1},
		{"surname after full name", "辻 律様の件です。電話は090-1234-5678です。\n辻様には明日伺います。\n", 1},
		{"numbers without names", "個人番号 123456789018\n個人番号 983205673214\n", 2},
		{"a comma inside quotes", "No.,氏名,生年月日\n1,\"辻, 律\",S55.1.2\n2,堀 稔,H2.12.31\n", 2},
		{"nobody", "本日は晴れです。\n", 0},
	} {
		if r := detectText(t, c.text); r.People.High != c.high || r.People.Low > r.People.High {
			t.Errorf("%s: %+v, want %d: %v", c.name, r.People, c.high, values(c.text, r))
		}
	}
}

func TestCancelledContextIsNotClean(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	r := usual().Detect(ctx, []policy.Content{{Part: "1", Text: "個人番号 123456789018"}}, Context{})
	facts := map[string]bool{}
	for _, u := range r.Unknown {
		facts[u.Fact] = true
	}
	if !facts["findings"] || !facts["people"] || !facts["duty"] {
		t.Errorf("unknown %+v", r.Unknown)
	}
}

func TestGivenTablesAndMarks(t *testing.T) {
	text := "名簿\n氏名\t個人番号\n辻 律\t123456789018\n"
	cell := func(s string) policy.Span {
		i := strings.Index(text, s)
		return policy.Span{Start: i, End: i + len(s)}
	}
	c := policy.Content{Part: "3", Where: "list.xlsx", Text: text,
		Marks:  []policy.Mark{{Start: 0, Where: `sheet "a"`}},
		Tables: []policy.Table{{Header: 0, Rows: []policy.Row{{Number: 16, Cells: []policy.Span{cell("氏名"), cell("個人番号")}}, {Number: 17, Cells: []policy.Span{cell("辻 律"), cell("123456789018")}}}}},
	}
	r := usual().Detect(context.Background(), []policy.Content{c}, Context{})
	if len(r.Findings) != 2 || r.Findings[1].Place.Where != `list.xlsx / sheet "a" / row 17` || r.People.High != 1 {
		t.Errorf("%+v %+v", r.Findings, r.People)
	}
}

func TestBrokenTablesAreReadAsText(t *testing.T) {
	c := policy.Content{Part: "3", Text: "個人番号 123456789018", Tables: []policy.Table{{Rows: []policy.Row{{Cells: []policy.Span{{Start: 5, End: 900}}}, {Cells: []policy.Span{{Start: 9, End: 2}}}}}}}
	if r := usual().Detect(context.Background(), []policy.Content{c}, Context{}); len(r.Findings) != 1 {
		t.Errorf("%+v", r.Findings)
	}
}

func TestDutiesOfContent(t *testing.T) {
	var b strings.Builder
	b.WriteString("氏名\t個人番号\n")
	g := newGen(3)
	for range 101 {
		g.next()
		b.WriteString(g.who.full(" ") + "\t" + g.myNumber() + "\n")
	}
	for _, c := range []struct{ text, want string }{
		{"沖田 律さんはうつ病で休職中です。", "rule7-1"},
		{"カード番号 4539-5787-6362-1486", "rule7-2"},
		{"個人番号 123456789018", "mynumber"},
		{b.String(), "mynumber mynumber-over-100"},
		{"本日の会議は中止です。", ""},
	} {
		var got []string
		for _, d := range detectText(t, c.text).Duty {
			got = append(got, string(d))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%.30s: %v, want %s", c.text, got, c.want)
		}
	}
	if r := detectText(t, memberList(1001)); len(r.Duty) != 1 || r.Duty[0] != policy.DutyOverThousand {
		t.Errorf("1,001 people: %v %+v", r.Duty, r.People)
	}
}

func TestManyAtOnce(t *testing.T) {
	d := usual()
	text := "氏名：佐久間 蒼真\n個人番号：123456789018\n"
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 20 {
				if r := d.Detect(context.Background(), []policy.Content{{Part: "1", Text: text}}, Context{}); len(r.Findings) != 2 {
					t.Errorf("%+v", r.Findings)
				}
			}
		})
	}
	wg.Wait()
}

func TestLongTextIsReadInBlocks(t *testing.T) {
	text := strings.Repeat("本日の会議では計画について意見を交換しました。\n", 50000) + "個人番号 123456789018\n"
	r := detectText(t, text)
	if len(r.Findings) != 1 || r.Findings[0].Place.Start != utf8.RuneCountInString(text)-13 {
		t.Fatalf("%+v", r.Findings)
	}
}

func FuzzDetect(f *testing.F) {
	for i, g := range generated(append(genTemplates, hardTemplates...), 11, 1) {
		f.Add(g.Text, i%2 == 0)
	}
	f.Add("〒１２３ー４５６７\x00|\t,\"\n\n個人番号\r\n1\n2\n3", true)
	f.Add("昭和元年1月 S60.13.40 平成31年4月31日 https://a:b@c eyJ.eyJ. -----BEGIN PRIVATE KEY", false)
	d := New(Options{Possible: true})
	f.Fuzz(func(t *testing.T, text string, body bool) {
		text = strings.ToValidUTF8(text, "?")
		c := policy.Content{Part: "1", Text: text}
		if body {
			c.Kind = policy.BodyText
		}
		r := d.Detect(context.Background(), []policy.Content{c}, Context{})
		n := utf8.RuneCountInString(text)
		for _, x := range r.Findings {
			if x.Place.Start < 0 || x.Place.Start >= x.Place.End || x.Place.End > n {
				t.Fatalf("place %+v in %d characters", x.Place, n)
			}
			if x.Confidence <= 0 || x.Confidence >= 1 || x.Reason.IsZero() || x.Type == "" {
				t.Fatalf("finding %+v", x)
			}
		}
		if r.People.Low > r.People.High || r.People.Unencrypted > r.People.High {
			t.Fatalf("people %+v", r.People)
		}
	})
}
