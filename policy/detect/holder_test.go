package detect

import (
	"context"
	"slices"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/table"
)

// TestWhoIsMeant has neutral examples of lines that tell whose a value is, and beside
// most of them one like it that is nobody's.
func TestWhoIsMeant(t *testing.T) {
	for _, c := range []struct{ text, kind, value string }{
		{"Imogen Vancroft, NRIC S1234567D\n", "person_name", "Imogen Vancroft"},
		{"Reference Number, NRIC S1234567D\n", "person_name", ""},
		{"みなと銀行 港支店 普通 1234567 タナカイチロウ\n", "person_name", "タナカイチロウ"},
		{"みなと銀行 港支店 普通 1234567 フリコミテスウリョウ\n", "person_name", ""},
		{"홍길동님의 주민번호는 900101-1234568 입니다.\n", "person_name", "홍길동"},
		{"火　佐藤・鈴木\n水　高橋・田中\n", "person_name", "佐藤"},
		{"火　大安・仏滅\n水　先勝・友引\n", "person_name", ""},
		{"標準報酬の改定\n田中一郎　年金番号 1234-567890　新しい月額 312,400円\n", "salary", "312,400円"},
		{"賃金改定の案\n田中一郎さんは現行301,200円を309,800円へ改定します。\n", "salary", "309,800円"},
		{"料金改定の案\n港倉庫様は現行301,200円を309,800円へ改定します。\n", "salary", ""},
		{"労働者 田中一郎（以下「乙」という。）\n第1条 乙の賃金は月額301,200円とする。\n", "salary", "301,200円"},
		{"倉庫の賃貸\n契約番号 12345678　新しい月額 312,400円\n", "salary", ""},
		{"田中一郎さん（男性、1980年5月6日生まれ）\n現年収：510万円　希望：560万円\n", "salary", "560万円"},
		{"賞与の査定\n4821　田中一郎　評価A　支給額 512,000円\n", "employee_id", "4821"},
		{"運転者台帳\n氏名 田中一郎\n運転免許証の番号及び有効期限 309012345620 令和10年1月2日\n", "driver_license", "309012345620"},
		{"会議\n1. 田中一郎世帯　統合失調症で通院\n", "person_name", "田中一郎"},
		{"居住地：西宮市\n携帯：090-1234-5678\n", "person_name", ""},
		{"控除対象扶養親族　田中花子　平成5年7月6日生\n", "person_name", "田中花子"},
		{"企業様向けに、糖尿病・うつ病の就業不能を保障する団体プランを発売します。\n", "special_care", ""},
		{"管理者モードの管理者パス＝58213047\n", "secret", "58213047"},
		{"ホスト名: db02\nログイン: mysql\n", "secret", ""},
		{"MR TANAKA ICHIRO PPT# TK 1234567\n", "passport_jp", "TK 1234567"},
	} {
		r := detectText(t, c.text)
		got := slices.ContainsFunc(r.Findings, func(f policy.Finding) bool {
			return string(f.Type) == c.kind && (c.value == "" || string([]rune(c.text)[f.Place.Start:f.Place.End]) == c.value)
		})
		if got != (c.value != "") {
			t.Errorf("%q: %s %q: %v", c.text, c.kind, c.value, r.Findings)
		}
	}
}

// TestDesksAreBusiness has people who deal with something for a company, and the
// accounts of companies; none of it is private.
func TestDesksAreBusiness(t *testing.T) {
	for _, text := range []string{
		"御見積書\n合計金額　512,000円\n担当　田中 一郎　電話 03-1234-5678\n",
		"注文書\n受領担当　田中 一郎 様　03-1234-5678\n",
		"ご担当の田中様、鈴木様にもよろしくお伝えください。\n",
		"事業を始めます。\n問い合わせ　港区役所 福祉課 03-1234-5678\n",
		"・電気　港工業株式会社　田中 一郎（090-1234-5678）\n",
		"会社の登記の件です。口座は当座 1234567 のままです。\n",
	} {
		for _, f := range detectText(t, text).Findings {
			if f.Type != "business_contact" {
				t.Errorf("%q: %v", text, f)
			}
		}
	}
	text := "当座 1234567 に田中一郎さんの家賃を振り込んでください。\n"
	if !slices.ContainsFunc(detectText(t, text).Findings, func(f policy.Finding) bool { return f.Type == "bank_account" }) {
		t.Errorf("%q: no account", text)
	}
}

// TestForwardedMail takes who wrote from a private mailbox for private, and who wrote
// from a company's for business.
func TestForwardedMail(t *testing.T) {
	for domain, private := range map[string]bool{"gmail.com": true, "bulk.example": false} {
		text := "ご確認ください。\n\n-----Original Message-----\nFrom: 田中一郎 <tanaka@" + domain + ">\nTo: 事務局\nSubject: 退会\n\n退会します。\n"
		got := 0
		for _, f := range detectText(t, text).Findings {
			got += b2i(f.Type == "person_name" || f.Type == "email")
		}
		if private != (got == 2) || !private && got > 0 {
			t.Errorf("%s: %d findings", domain, got)
		}
	}
}

// TestColumnsOfPeople has headers that name people only beside others, amounts that
// were cut at their commas, and places that are no addresses.
func TestColumnsOfPeople(t *testing.T) {
	d := usual()
	for _, c := range []struct {
		text, kind string
		want       int
	}{
		{"社員番号,氏名,基本給,手当\n10021,田中一郎,312,500,28,000\n10022,鈴木花子,298,700,31,500\n10023,佐藤次郎,305,100,12,000\n", "salary", 6},
		{"社員番号,氏名,年収\n10021,田中一郎,5,312,500\n10022,鈴木花子,4,298,700\n10023,佐藤次郎,6,305,100\n", "salary", 3},
		{"伝票,お届け先,住所,電話\n1,田中 一郎,東京都港区芝1-2-3,090-1234-5678\n2,鈴木 花子,東京都港区芝4-5-6,080-2345-6789\n3,佐藤 次郎,東京都港区芝7-8-9,070-3456-7890\n", "person_name", 3},
		{"Payee;IBAN\nImogen Vancroft;DE89370400440532013000\nRufus Vancroft;GB29NWBK60161331926819\nIda Vancroft;FR1420041010050500013M02606\n", "person_name", 3},
		{"Payee;IBAN\nVancroft Trading Ltd;DE89370400440532013000\nOld Mill Bakery;GB29NWBK60161331926819\nPort Cranes plc;FR1420041010050500013M02606\n", "person_name", 0},
		{"都道府県,男性,女性,合計\n東京都,512,498,1010\n大阪府,402,388,790\n福岡県,301,299,600\n", "address", 0},
		{"EmpNo,Name,DOB\nK10021,TANAKA Ichiro,1980-01-02\nK10022,SUZUKI Hanako,1981-02-03\nK10023,SATO Jiro,1982-03-04\n", "employee_id", 3},
	} {
		part := policy.Content{Part: "1", Text: c.text, Kind: policy.FileText, Tables: tablesIn(c.text)}
		got := 0
		for _, f := range d.Detect(context.Background(), []policy.Content{part}, Context{}).Findings {
			got += b2i(string(f.Type) == c.kind)
		}
		if got != c.want {
			t.Errorf("%q: %d of %s, want %d", c.text, got, c.kind, c.want)
		}
	}
}

// TestGateAgreesOnProse tells that no search ends a name at a kanji at which the gate
// does not stop.
func TestGateAgreesOnProse(t *testing.T) {
	d := usual()
	for _, s := range []string{"押田秀志濔を", "田中一郎を"} {
		end := d.proseAt(s, 0)
		if end > 0 != d.gate.endsGiven(s, len(s)-len("を")) || end == 0 && s == "田中一郎を" {
			t.Errorf("%s: name up to %d", s, end)
		}
	}
}

// tablesIn are the tables in all lines of a text, as a reader would hand them over.
func tablesIn(text string) []policy.Table {
	left := mostCells
	return table.InLines(text, policy.Span{End: len(text)}, 1, &left)
}
