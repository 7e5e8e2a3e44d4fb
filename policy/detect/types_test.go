package detect

import (
	"context"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/sekisho-mail/sekisho/policy"
)

// typeCases are worked examples: what must be found in a text (type=value), all
// of it and nothing else of a private kind.
var typeCases = []struct{ text, want string }{
	// Individual Number: 12345678901 -> 8, and 983205673214 of the public test vector.
	{"個人番号：123456789018", "my_number=123456789018"},
	{"マイナンバーは9832-0567-3214です", "my_number=9832-0567-3214"},
	{"個人番号 ①②③④⑤⑥⑦⑧⑨⓪①⑧", "my_number=①②③④⑤⑥⑦⑧⑨⓪①⑧"},
	{"個人番号 一二三四五六七八九〇一八", "my_number=一二三四五六七八九〇一八"},
	{"個人番号は 𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗𝟎𝟏𝟖", "my_number=𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗𝟎𝟏𝟖"},
	{"個人番号 1 2 3 4 5 6 7 8 9 0 1 8", "my_number=1 2 3 4 5 6 7 8 9 0 1 8"},
	{"個人番号は1234-5678-\n9018です", "my_number=1234-5678-\n9018"},
	{"個人番号\n123456789018", "my_number=123456789018"},
	{"個人番号：1234・5678・9018", "my_number=1234・5678・9018"},
	{"123456789018（マイナンバー）", "my_number=123456789018"},
	{"個人番号：123456789019", ""}, // wrong check digit
	{"123456789018", ""},      // a check digit alone is weak
	{"送り状番号 123456789018", ""},
	{"マイナンバーの件、伝票番号 123456789018", ""},
	{"個人番号 https://example.com/123456789018", ""},
	// payment cards
	{"カード番号 4539-5787-6362-1486", "credit_card=4539-5787-6362-1486"},
	{"4539 5787 6362 1486", "credit_card=4539 5787 6362 1486"},
	{"カード番号 4573487877779220008", "credit_card=4573487877779220008"},
	{"カード番号\nContent-Type: multipart/mixed; boundary=\"===============4573487877779220008==\"", ""},
	{"カード番号 4539-5787-6362-1487", ""},
	{"テスト用カード 4111-1111-1111-1111", ""},
	{"注文番号 4539578763621486", ""},
	{"カード番号 4539-5787-6362-1486 有効期限 05/29 CVV 123", "credit_card=4539-5787-6362-1486 card_expiry=05/29 card_cvv=123"},
	{"暗証番号は0417です", "pin=0417"},
	// licence 3090123456 -> 2
	{"運転免許証番号 309012345620", "driver_license=309012345620"},
	{"運転免許証番号 309012345630", ""},
	{"旅券番号 TK1234567", "passport_jp=TK1234567"},
	{"部品 TK1234567", ""},
	{"旅券番号 C1234567", "passport_jp=C1234567"},
	{"パスポート番号：E12345678", "passport_jp=E12345678"},
	{"passport no P1234567A", "passport_jp=P1234567A"},
	{"Passport: MC123456", "passport_jp=MC123456"},
	{"UK passport 533401872", "passport_jp=533401872"},
	{"部品 C1234567", ""},
	{"パスポートの申請は12番窓口へ。受付 A0012345", ""},
	{"パスポート申請のご案内。お問い合わせ番号 533401872", ""},
	{"passport photos, order C1234567", ""},
	{"在留カード番号 AB12345678CD", "residence_card=AB12345678CD"},
	{"製造番号 AB12345678CD", ""},
	{"基礎年金番号 1234-567890", "basic_pension_number=1234-567890"},
	{"1234-567890", ""},
	{"基礎年金番号 1234/567890", "basic_pension_number=1234/567890"},
	{"運転免許証番号 3090・1234・5620", "driver_license=3090・1234・5620"},
	{"在留カード ab-12345678-cd", "residence_card=ab-12345678-cd"},
	{"型番 ab-12345678-cd", ""},
	{"カード 4539-5787-6362-1486、2029年8月まで有効", "credit_card=4539-5787-6362-1486 card_expiry=2029年8月"},
	{"免許証の有効期限 2029年8月", ""},
	{"生年月日　昭和16・1・15", "birth_date=昭和16・1・15"},
	{"氏名 佐藤花子　S59.6.9生（満46歳）　♀", "person_name=佐藤花子 birth_date=S59.6.9 gender=♀"},
	{"初期パスワードをSakura-47@に設定しました。", "secret=Sakura-47@"},
	{"SSID: guest-5F\nKEY: ABC123-DEF456", "secret=ABC123-DEF456"},
	{"明細のPDFは「9096xzkr」で開けます。", "secret=9096xzkr"},
	{"忘れ物の傘に「佐藤直美」と書いてありました。お心当たりの方は総合受付までお越しください。", "person_name=佐藤直美"},
	{"純米大吟醸「山田錦」を仕込みました。今年の出来はとてもよく、お客様にもたいへん好評をいただいています。", ""},
	{"連絡先 090-1234-5678\n次女の心春が熱を出したため休みます。", "phone=090-1234-5678 person_name=心春"},
	{"緊急連絡網\n桐生　→　080-5044-5561", "person_name=桐生 phone=080-5044-5561"},
	{"緊急連絡網\n内線　→　080-5044-5561", "phone=080-5044-5561"},
	{"配布先\n１班：中村健司・千田瑠美・瀬戸口智子", "person_name=中村健司 person_name=千田瑠美 person_name=瀬戸口智子"},
	{"佐藤花子 6771-9391-8468", "person_name=佐藤花子 my_number=6771-9391-8468"},
	{"gender: M / F / X", ""},
	{"織田信長は尾張国で生まれた。", ""},
	{"年金手帳をなくされた木下澄香さんです。", "person_name=木下澄香"},
	{"韓国籍のキムさんの住民登録番号は 900101-1234568 です。", "person_name=キム kr_rrn=900101-1234568"},
	{"留学生のSiti Nurhalizaさんの書類です。", "person_name=Siti Nurhaliza"},
	{"住民票コード 12345678901", "resident_record_code=12345678901"},
	{"住民票コード 09012345678", ""}, // reads as a mobile number
	// insurer: 3312001 -> 5, with law code 06 it is 06 13 001 + check
	{"保険者番号 01130012", "insurer_number=01130012"},
	{"被保険者証 記号：1234　番号：56", "insured_symbol_number=記号：1234　番号：56"},
	{"ひかり銀行 駅前支店 普通 1234567", "bank_account=1234567"},
	{"ゆうちょ銀行 記号 12340 番号 12345671", "bank_account=記号 12340 番号 12345671"},
	{"口座番号 1234567 名義 カ）ヤマブキコウギヨウ", ""},
	// contact
	{"携帯 090-1234-5678", "phone=090-1234-5678"},
	{"携帯 090-0051-6855", "phone=090-0051-6855"}, // a block that is not assigned, but called a telephone
	{"棚番 090-0051-6855", ""},
	{"携帯 060-1234-5678", "phone=060-1234-5678"},
	{"TEL:(03)1234-5678", "phone=(03)1234-5678"},
	{"電話 0081-90-1234-5678", "phone=0081-90-1234-5678"},
	{"電話 +81-(0)90-1234-5678", "phone=+81-(0)90-1234-5678"},
	{"電話 ０９０ー１２３４ー５６７８", "phone=０９０ー１２３４ー５６７８"},
	{"phone: +1 (212) 555-0123", "phone=+1 (212) 555-0123"},
	{"フリーダイヤル 0120-123-456", ""},
	{"営業2課 長谷部 朔さんは通院中です。", "person_name=長谷部 朔 special_care=通院中"},
	{"お客様各位\n平素は格別のお引き立てを賜り厚く御礼申し上げます。", ""},
	{"お問い合わせ：03-5555-1234（平日9:00～17:00）", ""},
	{"k.okita@mail.example.org", "email=k.okita@mail.example.org"},
	{"お問い合わせは info@shop.example.com まで", ""},
	{"〒460-0008 愛知県名古屋市中区栄3-4-5", "postal_code=460-0008 address=愛知県名古屋市中区栄3-4-5"},
	{"横浜市西区みなとみらい２丁目３番４号 メゾン桜 201号室", "address=横浜市西区みなとみらい２丁目３番４号 メゾン桜 201号室"},
	{"東京都千代田区で3回目の展示会を開きます", ""},
	// names
	{"沖田　総司様より", "person_name=沖田　総司"},
	{"ご担当の件", ""},
	{"氏名：髙橋 慎之介", "person_name=髙橋 慎之介"},
	{"氏名: 雪柳 慎之介", "person_name=雪柳 慎之介"}, // a family name that no dictionary has
	{"氏名: 未記入 要確認", ""},
	{"昨日は奥様がお見えになり、神様の話をされました。", ""},
	{"お名前：勅使河原 結月（てしがわら ゆづき）", "person_name=勅使河原 結月 person_name=てしがわら ゆづき"},
	{"Patient: Olivia Bennett", "person_name=Olivia Bennett"},
	// dates
	{"生年月日：昭和60年3月12日", "birth_date=昭和60年3月12日"},
	{"生年月日 S60.3.12", "birth_date=S60.3.12"},
	{"生年月日 S640108", ""}, // 昭和 ended the day before
	{"1985年3月12日生", "birth_date=1985年3月12日"},
	{"1985年2月30日生", ""},
	{"DOB: 12 March 1985", "birth_date=12 March 1985"},
	{"開催日：2026年3月12日", ""},
	{"性別：女性", "gender=女性"},
	{"男性用の商品です", ""},
	// HR
	{"社員番号：A-12345", "employee_id=A-12345"},
	{"真鍋 律さんの基本給は320,000円です", "person_name=真鍋 律 salary=320,000円"},
	{"価格は320,000円です", ""},
	{"沖田 律さんはうつ病で休職中です。", "person_name=沖田 律 special_care=うつ病"},
	{"うつ病についての研修のお知らせです。", ""},
	{"システム障害が発生しました。", ""},
	{"Ms Olivia Bennett was diagnosed with epilepsy.", "person_name=Olivia Bennett special_care=diagnosed with epilepsy"},
	// other countries, with the published vectors
	{"SSN: 219-09-9999", "us_ssn=219-09-9999"},
	{"SSN: 666-09-9999", ""},
	{"NHS number 943 476 5919", "uk_nhs=943 476 5919"},
	{"NI number AB123456C", "uk_nino=AB123456C"},
	{"NI number QQ123456C", ""},
	{"IBAN GB82 WEST 1234 5698 7654 32", "iban=GB82 WEST 1234 5698 7654 32"},
	{"IBAN GB83 WEST 1234 5698 7654 32", ""},
	{"Steuer-ID 86095742719", "de_steuer_id=86095742719"},
	{"NIR 255081416802538", "fr_nir=255081416802538"},
	{"주민등록번호: 790314-1082134", "kr_rrn=790314-1082134"},
	{"身份证号 11010519491231002X", "cn_id=11010519491231002X"},
	{"Aadhaar 2341 2341 2346", "in_aadhaar=2341 2341 2346"},
	{"PAN: ABCPE1234F", "in_pan=ABCPE1234F"},
	{"NRIC S1234567D", "sg_nric=S1234567D"},
	{"TFN: 123 456 782", "au_tfn=123 456 782"},
	{"Tax file number 123 456 789", ""},
	{"Social insurance number: 046 454 286", "ca_sin=046 454 286"},
	{"Social insurance number: 046 454 287", ""},
	{"DNI 12345678Z", "es_nif=12345678Z"},
	{"NIE X1234567L", "es_nif=X1234567L"},
	{"DNI 12345678A", ""},
	{"codice fiscale RSSMRA85T10A562S", "it_fiscal_code=RSSMRA85T10A562S"},
	{"codice fiscale RSSMRA85T10A562T", ""},
	{"PESEL 44051401359", "pl_pesel=44051401359"},
	{"PESEL 44051401358", ""},
	{"personnummer 811218-9876", "se_personnummer=811218-9876"},
	{"personnummer 811218-9875", ""},
	{"hetu 131052-308T", "fi_hetu=131052-308T"},
	{"hetu 131052-308U", ""},
	{"TC kimlik no: 10000000146", "tr_id=10000000146"},
	{"TC kimlik no: 10000000147", ""},
	{"RSA ID 8001015009087", "za_id=8001015009087"},
	{"RSA ID 8001015009088", ""},
	{"Thai ID 1-2345-67890-12-1", "th_id=1-2345-67890-12-1"},
	{"Thai ID 1-2345-67890-12-2", ""},
	{"CPF 529.982.247-25", "br_cpf=529.982.247-25"},
	{"CPF 529.982.247-26", ""},
	{"Medicare number 2123 45670 1", "au_medicare=2123 45670 1"},
	{"Medicare number 2123 45671 1", ""},
	{"マイナンバー\n1\n2\n3\n4\n5\n6\n7\n8\n9\n0\n1\n8\n", "my_number=1\n2\n3\n4\n5\n6\n7\n8\n9\n0\n1\n8"},
	{"NPI 1234567893", "us_npi=1234567893"},
	{"NPI 1234567894", ""},
	{"routing number 021000021", "us_aba_routing=021000021"},
	{"routing number 021000022", ""},
	{"ITIN 912-70-1234", "us_itin=912-70-1234"},
	{"ITIN 912-69-1234", ""},
	{"Driving licence MORGA657054SM9IJ", "uk_driving_licence=MORGA657054SM9IJ"},
	{"Driving licence MORGA667054SM9IJ", ""},
	{"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10\n", "person_name=ERIKSSON<<ANNA<MARIA passport_jp=L898902C3 birth_date=740812"},
	{"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C46UTO7408122F1204159ZE184226B<<<<<10\n", ""},
	{"ABN 51 824 753 556", "au_abn=51 824 753 556"},
	{"ABN 51 824 753 557", ""},
	{"ACN 004 085 616", "au_acn=004 085 616"},
	{"ACN 004 085 617", ""},
	{"KVNR: A123456780", "de_health_insurance=A123456780"},
	{"KVNR: A123456781", ""},
	{"Rentenversicherungsnummer 15070649C103", "de_social_security=15070649C103"},
	{"Rentenversicherungsnummer 15070649C104", ""},
	{"USt-IdNr. DE136695976", "de_vat_id=DE136695976"},
	{"USt-IdNr. DE136695978", ""},
	{"BSNR 179999900", "de_bsnr=179999900"},
	{"BSNR 049999900", ""},
	{"LANR 123456601", "de_lanr=123456601"},
	{"LANR 123456701", ""},
	{"Personalausweis: T220001293", "de_id_card=T220001293"},
	{"Personalausweis: T220001294", ""},
	{"GSTIN 27AAPFU0939F1ZV", "in_gstin=27AAPFU0939F1ZV"},
	{"GSTIN 27AAPFU0939F1ZW", ""},
	{"number plate AB12 CDE", "vehicle_registration=AB12 CDE"},
	{"vehicle registration MH 12 AB 1234", "vehicle_registration=MH 12 AB 1234"},
	{"Plaka: 34 ABC 123", "vehicle_registration=34 ABC 123"},
	{"Plaka: 82 ABC 123", ""},
	{"part AB12 CDE", ""},
	{"Partita IVA 00743110157", "it_vat=00743110157"},
	{"Partita IVA 00743110158", ""},
	{"사업자등록번호 124-81-00998", "kr_brn=124-81-00998"},
	{"사업자등록번호 124-81-00999", ""},
	{"운전면허번호 11-05-123456-01", "kr_driver_license=11-05-123456-01"},
	{"운전면허번호 31-05-123456-01", ""},
	{"NIN: 12345678901", "ng_nin=12345678901"},
	{"order 12345678901", ""},
	{"BIR TIN 123-456-789-000", "ph_tin=123-456-789-000"},
	{"ref 123-456-789-000", ""},
	{"UEN 00192200M", "sg_uen=00192200M"},
	{"UEN 197401143C", "sg_uen=197401143C"},
	{"UEN T08GB0001A", "sg_uen=T08GB0001A"},
	{"UEN 197401143D", ""},
	{"Organisationsnummer 212000-0142", "se_organisation=212000-0142"},
	{"Organisationsnummer 212000-0143", ""},
	{"DEA number AB1234563", "us_dea=AB1234563"},
	{"DEA number AB1234564", ""},
	// credentials
	{"key AKIAIOSFODNN7EXAMPLE", "secret=AKIAIOSFODNN7EXAMPLE"},
	{"ghp_0123456789abcdefghijABCDEFGHIJ012345", "secret=ghp_0123456789abcdefghijABCDEFGHIJ012345"},
	{"postgres://app:s3cr3tpw@db.example:5432/x", "secret=postgres://app:s3cr3tpw@db.example:5432/x"},
	{"パスワードは Abc123xy です", "secret=Abc123xy"},
	{"PW：zip2026!", "secret=zip2026!"},
	{"解凍パスワードをお送りします。\n\nKq83jdPz\n", "secret=Kq83jdPz"},
	{"The password is hunter42x.", "secret=hunter42x"},
	{"パスワードは別途お送りします。", ""},
	{"password: required", ""},
	{"Password=********", ""},
	// look-alikes
	{"法人番号 7000012050002", ""},
	{"登録番号 T7000012050002", ""},
	{"2026-05-16 23:15:52 起動", ""},
	{"バージョン 14.16.60.8106", ""},
	{"0860d35f-bbeb-44fd-ade3-3821ab49547a", ""},
	{"ISBN 978-4-1234-5678-0", ""},
}

func TestWorkedExamples(t *testing.T) {
	d := usual()
	for _, c := range slices.Concat(typeCases, writtenCases) {
		r := d.Detect(context.Background(), []policy.Content{{Part: "1", Text: c.text, Kind: policy.BodyText}}, Context{})
		if s := strings.Join(privateValues(c.text, r), " "); s != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.text, s, c.want)
		}
	}
}

func TestCheckDigits(t *testing.T) {
	for _, c := range []struct {
		name  string
		check func(string) bool
		right string
	}{
		{"my number", myNumberCheck, "123456789018"},
		{"my number", myNumberCheck, "983205673214"},
		{"corporate", corporateCheck, "7123456789012"},
		{"licence", licenceCheck, "309012345620"},
		{"luhn", luhn, "33120015"},
		{"luhn", luhn, "4111111111111111"},
		{"nhs", nhsCheck, "9434765919"},
		{"steuer", steuerCheck, "86095742719"},
		{"verhoeff", verhoeff, "234123412346"},
		{"tfn", tfnCheck, "123456782"},
		{"iban", ibanCheck, "GB82WEST12345698765432"},
	} {
		if !c.check(c.right) {
			t.Errorf("%s refuses %s", c.name, c.right)
		}
		wrong := []byte(c.right)
		i := len(wrong) - 1
		if c.name == "licence" {
			i-- // the last digit counts reissues
		}
		if c.name == "corporate" {
			i = 0 // the check digit stands in front
		}
		wrong[i] = '0' + (wrong[i]-'0'+1)%10
		if c.check(string(wrong)) {
			t.Errorf("%s accepts %s", c.name, wrong)
		}
	}
}

func TestFold(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"ＡＢ１２－３４", "AB12-34"},
		{"０９０ー１２３４", "090-1234"},
		{"コーヒー", "コーヒー"},
		{"ﾀﾅｶ ﾊﾟﾝﾀﾞ", "タナカ パンダ"},
		{"1\u200b2\u00ad3", "123"},
		{"一二三四五六七", "1234567"},
		{"一二三日目", "一二三日目"},
		{"〇九〇-一二三四-五六七八", "090-1234-5678"},
		{"髙﨑", "高崎"},
		{"a\r\nb\rc", "a\nb\nc"},
		{"１\u3000２", "1 2"},
	} {
		if s := foldCell(c.in); s != c.want {
			t.Errorf("foldCell(%q) = %q, want %q", c.in, s, c.want)
		}
		s, off := fold(c.in)
		if s != c.want {
			t.Errorf("fold(%q) = %q, want %q", c.in, s, c.want)
		}
		if off != nil && (off.of(len(s)) != len(c.in) || off.folded(len(c.in)) != len(s)) {
			t.Errorf("fold(%q): its end does not lead to that of the text", c.in)
		}
	}
}

func FuzzFold(f *testing.F) {
	f.Add("ＡＢ１２－３４ﾊﾟ㍻\r\n〇九〇一二三四五")
	f.Add("\u200b\u200b")
	f.Fuzz(func(t *testing.T, in string) {
		in = strings.ToValidUTF8(in, "?")
		s, off := fold(in)
		if c := foldCell(in); c != s {
			t.Fatalf("foldCell %q, fold %q", c, s)
		}
		if off == nil {
			if s != in {
				t.Fatal("changed without a map")
			}
			return
		}
		last := 0
		for i := range len(s) + 1 {
			o := off.of(i)
			if o < last && utf8.RuneStart((s + "$")[i]) || o > len(in) {
				t.Fatalf("offset %d after %d of %d", o, last, len(in))
			}
			last = max(o, last)
		}
		v := newView(in, 0)
		for i := range s {
			a, b := v.origin(i, i+1)
			if a < 0 || b < a || b > len(in) {
				t.Fatalf("origin %d..%d of %d", a, b, len(in))
			}
		}
	})
}

func TestColumns(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"three cells of one number", "氏名\t個人番号\t\t\n辻 律\t1234\t5678\t9018\n堀 稔\t9832\t0567\t3214\n", "my_number 2"},
		{"phone in three cells", "氏名,電話1,電話2,電話3\n辻 律,090,1234,5678\n堀 稔,080,2345,6789\n", "phone 2"},
		{"a typing error in a right column", "氏名\t個人番号\nA\t123456789018\nB\t983205673214\nC\t123456789018\nD\t983205673214\nE\t123456789018\nF\t123456789019\n", "my_number 6"},
		{"no header, enough rows", "1\t123456789018\n2\t983205673214\n3\t123456789018\n4\t983205673214\n5\t123456789018\n", "my_number 5"},
		{"a column of parcels", "伝票番号\t数量\n123456789018\t1\n983205673214\t2\n123456789018\t3\n983205673214\t4\n123456789018\t5\n", "my_number 0"},
		{"amounts cut at their commas", "氏名,基本給,性別\n辻 律,320,000円,男\n堀 稔,1,320,000円,男\n", "salary 2"},
	} {
		kind, n, _ := strings.Cut(c.want, " ")
		r := detectText(t, c.text)
		got := 0
		for _, f := range r.Findings {
			got += b2i(f.Type == kind)
		}
		if want := atoi(n); got != want {
			t.Errorf("%s: %d of %s, want %d: %v", c.name, got, kind, want, values(c.text, r))
		}
	}
}

func TestZones(t *testing.T) {
	text := `株式会社山吹工業
購買部 真鍋 律 様

いつもお世話になっております。
ノースリバーの篠原でございます。

門脇 節子様（090-1234-5678）の件です。

-----
合同会社ノースリバー
営業部　篠原 修平
電話 052-211-2345
s.shinohara@northriver.example
`
	r := detectText(t, text)
	for i, v := range values(text, r) {
		private := strings.Contains(v, "門脇 節子") || strings.Contains(v, "090-1234-5678")
		if business := r.Findings[i].Type == "business_contact"; business == private {
			t.Errorf("%s is business: %v", v, business)
		}
	}
	if r.People.High != 1 {
		t.Errorf("people %+v", r.People)
	}
}

func TestAllKindsAreComplete(t *testing.T) {
	names := map[string]bool{}
	for _, k := range allKinds() {
		if k.name == "" || k.ja == "" || k.en == "" || !k.silent && k.severity == 0 {
			t.Errorf("kind %+v is not complete", k)
		}
		if k.try != nil && k.lens == 0 {
			t.Errorf("%s is never tried", k.name)
		}
		if names[k.name] && k != yuchoPair {
			t.Errorf("%s stands twice in the list", k.name)
		}
		names[k.name] = true
		for _, w := range append(append([]string{}, k.labels...), k.headers...) {
			if folded, _ := fold(w); folded != w || lower(w) != w || len(w) < 2 {
				t.Errorf("label %q of %s is not folded", w, k.name)
			}
		}
	}
}
