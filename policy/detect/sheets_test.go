package detect

import "testing"

// TestSheets holds tables and lists in which the columns are told by the rows of groups
// above them, by their neighbours or by their cells, and rows that hold sums; and others
// like them that tell nothing of anybody.
func TestSheets(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"groups of staff and account", "従業員,,振込先,,,\nコード,氏名,金融機関,支店名,種目,番号\nQ7731,辻 律,みどり銀行,本店,普通,1234567\nQ7742,堀 稔,みどり銀行,西支店,普通,7654321\n",
			"employee_id person_name bank_account employee_id person_name bank_account"},
		{"groups of goods", "商品,,倉庫,,\n番号,品名,棚,区画,数量\nQ7731,ねじ,A1,3,1200\nQ7742,ばね,A2,4,300\n", ""},
		{"two lines of title", "令和8年度 俸給表（9月）,,,\n学校法人みどり学園,,,\n職員番号,氏名,本俸,手当\nK20011,辻 律,312000,15000\nK20012,堀 稔,298500,12000\n",
			"employee_id person_name salary salary employee_id person_name salary salary"},
		{"symbol and number of savings", "お名前,記号,番号,住所\n辻 律,12340,12345671,富山県砺波市徳万新17\n堀 稔,10980,7654321,富山県小矢部市小神289\n",
			"person_name bank_account address person_name bank_account address"},
		{"symbol and number of parts", "品名,記号,番号\nねじ,12340,12345671\nばね,10980,7654321\n", ""},
		{"three pieces of a telephone", "会員氏名,市外局番,局番,番号\n辻 律,0763,33,1234\n堀 稔,090,1234,5679\n", "person_name phone person_name phone"},
		{"three pieces of a form's number", "品名,棚,列,番号\nねじ,012,34,1234\nばね,013,35,1235\n", ""},
		{"postal mark behind a word", "注文番号,送付先氏名,送付先〒,送付先住所,受付担当\n88120,辻 律,932-0133,富山県小矢部市小神289,村上\n88121,堀 稔,939-1351,富山県砺波市徳万新17,村上\n",
			"person_name postal_code address person_name postal_code address"},
		{"our desk beside people", "スタッフ名,誕生日,携帯電話,弊社窓口\n辻 律,1985/02/03,090-1234-5678,村上 健一\n堀 稔,1979/11/23,090-1234-5679,村上 健一\n",
			"person_name birth_date phone person_name birth_date phone"},
		{"sums of a department", "社員番号,氏名,基本給,通勤手当\nK20011,辻 律,312000,15000\nK20012,堀 稔,298500,12000\n課合計,,610500,27000\n平均,,305250,13500\n",
			"employee_id person_name salary salary employee_id person_name salary salary"},
		{"sums in English", "Employee ID,Name,Base salary\nK20011,Naomi Fitzgerald,61200\nK20012,Victor Lindqvist,58400\nGrand total,,119600\nAverage,,59800\n",
			"employee_id person_name salary employee_id person_name salary"},
		{"payments to those who worked for us", "支払先,個人番号,支払金額\n辻 律,123456789018,455000\n堀 稔,983205673214,120000\n", "person_name my_number person_name my_number"},
		{"payments of an employer", "氏名,給与支払金額,賞与支払金額\n辻 律,4550000,120000\n堀 稔,3980000,98000\n", "person_name salary salary person_name salary salary"},
	} {
		r := detectText(t, c.text)
		if s := privateTypes(r); s != c.want {
			t.Errorf("%s:\n got %s\nwant %s\n%v", c.name, s, c.want, values(c.text, r))
		}
	}
}

// TestPayRows holds lists in running text that say what people are paid, and others like
// them that tell nobody's pay.
func TestPayRows(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"numbers, grades and amounts", "夏期賞与の素案です。\n\nQ7731 辻 律 評定A 612,000円\nQ7742 堀 稔 評定B 540,500円\n",
			"employee_id person_name salary employee_id person_name salary"},
		{"what they have now and will have", "昇給案をお送りします。\n\n辻 律（7731045）　現在 312,000円 → 改定後 320,000円\n堀 稔（7742099）　現行 298,500 円 → 改定 305,000 円\n",
			"person_name employee_id salary salary person_name employee_id salary salary"},
		{"what they owe", "立替精算の一覧です。\n\n辻 律　交通費　12,400円\n堀 稔　宿泊費　31,500円\n", "person_name person_name"},
		{"quotes", "お見積りです。\n\nQ7731 標準機 612,000円\nQ7742 小型機 540,500円\n", ""},
		{"what they earn and ask", "Pay review, in confidence\n\nNaomi Fitzgerald: now $56,000, proposed $59,000\nVictor Lindqvist: current £45,500, no change\n",
			"person_name salary salary person_name salary"},
		{"what candidates ask", "Shortlist for the post\n\n- Naomi Fitzgerald - nfitz@webmail.example - wants $95,000\n- Victor Lindqvist - asking £61,000, vlind@webmail.example\n",
			"person_name email salary person_name salary email"},
		{"prices that sellers ask", "Used vans\n\n- Northgate Motors - asking $9,500\n- Harbour Trucks - expects $11,000\n", ""},
		{"income told by the year", "収入は辻 律様が年620万円、堀 稔様が年4,100,000円です。\n辻 律　1985年2月3日生　090-1234-5678\n堀 稔　1979年11月23日生　090-1234-5679\n",
			"person_name salary person_name salary person_name birth_date phone person_name birth_date phone"},
		{"rents that change", "更新のご案内です。家賃の改定は次のとおりです。\n\n辻 律（203号室）　現行 85,000円 → 改定 87,000円\n堀 稔（305号室）　現行 92,000円 → 改定 92,500円\n", "person_name person_name"},
		{"what they sold", "賞与とは別に、今月の売上です。\n\n辻 律　売上 1,312,000円\n堀 稔　売上 985,000円\n", "person_name person_name"},
		{"prizes", "ボーナスポイントの当選者です。\n\n辻 律　5,000円\n堀 稔　3,000円\n", "person_name person_name"},
		{"bonuses in one sentence", "社員番号Q7731 辻 律の賞与支給額を512,000円に、堀 稔を498,000円に変更。\n", "employee_id person_name salary person_name salary"},
		{"places and sums", "給与システムの費用です。\n\n山形 支店　312,000円\n秋田 工場　298,500円\n", ""},
		{"a minimum wage", "最低賃金が改定されます。\n時給1,055円に改定されます。月給の方は時間で割ります（例：月給190,000円÷170時間）。\n\n村上", ""},
		{"an advertisement", "求人の原稿です。\n職種：調理補助\n給与：月給 22万円～27万円（研修中は時給 1,150円）\n応募先：jobs@firm.example\n\n株式会社みどり 村上 健一\n", ""},
		{"an advertisement in English", "Jane,\n\nPosition: forklift driver, pay range £24,000 to £28,500, hourly rate £12.50 in training.\n\nBest,\nVictor Lindqvist\nHR Manager, Lumen Ltd\n", ""},
	} {
		r := detectText(t, c.text)
		if s := privateTypes(r); s != c.want {
			t.Errorf("%s:\n got %s\nwant %s\n%v", c.name, s, c.want, values(c.text, r))
		}
	}
}

// TestRowsOfFields holds lists and forms in running text whose fields slashes, commas or
// blanks part, and others like them that tell nothing of anybody.
func TestRowsOfFields(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"fields with slashes below their names", "お世話になります。名簿です。\n氏名／英字／パスポート／誕生日\n辻 律／TSUJI Ritsu／TK1234567／19850203\n堀 稔／HORI Minoru／TR 7654321／19791123\n",
			"person_name person_name passport_jp birth_date person_name person_name passport_jp birth_date"},
		{"fields with slashes of goods", "品名／型番／発売日\nねじ／TK1234567／19850203\nばね／TR7654321／19791123\n", ""},
		{"a name, its spelling, a date and an address", "参加者です。\n辻 律 / TSUJI Ritsu / 1985.2.3 / ritsu.tsuji@webmail.example\n堀 稔 / Minoru Hori / S54.11.23 / mhori@webmail.example\n",
			"person_name person_name birth_date email person_name person_name birth_date email"},
		{"documents with slashes", "資料です。\n議事録 / Minutes / 2019年2月3日 / 第2版\n仕様書 / Spec / 2018年11月23日 / 第3版\n", ""},
		{"labels with blanks in them", "申込書のとおりです。\n\n氏　　　名　辻　律\n生 年 月 日　昭和 60年  2月  3日\n住　　　所　富山県砺波市徳万新17\n携　　　帯　090-1234-5678\n個 人 番 号　１２３４　５６７８　９０１８\n",
			"person_name birth_date address phone my_number"},
		{"what a form asks", "下記をご記入ください。\n\n氏　　　名　（　　　　　　）\n生 年 月 日　　　　年　　月　　日\n住　　　所\n電　　　話\n", ""},
		{"family name first", "Please enrol them in the medical plan.\n\nFITZGERALD, Naomi   3 February 1985   F\nLINDQVIST, Victor   23 November 1979   M\n",
			"person_name birth_date gender person_name birth_date gender"},
		{"releases", "Please note the releases.\n\nCORE, Server   3 February 2015   F\nEDGE, Client   23 November 2019   M\n", ""},
		{"passports that end", "期限の確認です。\n氏名／英字／旅券番号／有効期限\n辻 律／TSUJI Ritsu／TK1234567／20250203\n堀 稔／HORI Minoru／TR7654321／20241123\n",
			"person_name person_name passport_jp person_name person_name passport_jp"},
	} {
		r := detectText(t, c.text)
		if s := privateTypes(r); s != c.want {
			t.Errorf("%s:\n got %s\nwant %s\n%v", c.name, s, c.want, values(c.text, r))
		}
	}
}
