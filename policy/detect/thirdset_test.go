package detect

import (
	"strings"
	"testing"
)

// TestLayouts holds tables of layouts that say what is in them in another way than by one
// row of headings above, and columns that mean something else than they seem to.
func TestLayouts(t *testing.T) {
	for _, c := range []struct {
		name, text, want string
		people           int
	}{
		{"one person to a column", "項目,申込者1,申込者2\n氏名,辻 律,堀 稔\nフリガナ,ツジ リツ,ホリ ミノル\n生年月日,1985/02/03,1979/11/23\n性別,女,男\n携帯電話,090-1234-5678,090-1234-5679\n",
			"person_name person_name person_name person_name birth_date birth_date gender gender phone phone", 2},
		{"a form of two pairs", "氏名,辻 律,フリガナ,ツジ リツ\n生年月日,1985/02/03,性別,女\n携帯電話,090-1234-5678,住所,富山県砺波市徳万新17\n", "person_name person_name birth_date gender phone address", 1},
		{"a form that begins in the second column", ",氏名,辻 律\n,生年月日,1985/02/03\n,携帯電話,090-1234-5678\n,,\n,氏名,堀 稔\n,生年月日,1979/11/23\n,携帯電話,090-1234-5679\n",
			"person_name birth_date phone person_name birth_date phone", 2},
		{"one person to a column beside an empty one", ",項目,申込者1,申込者2\n,氏名,辻 律,堀 稔\n,生年月日,1985/02/03,1979/11/23\n,携帯電話,090-1234-5678,090-1234-5679\n",
			"person_name person_name birth_date birth_date phone phone", 2},
		{"a form whose headings stand above what is filled in", "氏名,生年月日,携帯電話\n辻 律,1985/02/03,090-1234-5678\n住所,,個人番号\n富山県砺波市徳万新17,,123456789018\n",
			"person_name birth_date phone address my_number", 1},
		{"two lists below each other", "氏名,生年月日,携帯電話\n辻 律,1985/02/03,090-1234-5678\n堀 稔,1979/11/23,090-1234-5679\n,,\n会員番号,氏名,住所\n101,森 あおい,富山県砺波市徳万新17\n102,浜 慎二,富山県小矢部市小神289\n",
			"person_name birth_date phone person_name birth_date phone person_name address person_name address", 4},
		{"headings of groups above the headings", "契約者,,,連絡先,\nNo,氏名,生年月日,自宅,携帯\n1,辻 律,1985/02/03,0763-33-1234,090-1234-5678\n2,堀 稔,1979/11/23,0763-33-1235,090-1234-5679\n",
			"person_name birth_date phone phone person_name birth_date phone phone", 2},
		{"a home that is an address", "氏名,自宅\n辻 律,富山県砺波市徳万新17\n堀 稔,富山県小矢部市小神289\n", "person_name address person_name address", 2},
		{"values of several kinds below a word for number", "no,name,id_type,id_value\n1,Naomi Fitzgerald,NHS no,943 476 5919\n2,Victor Lindqvist,TFN,123 456 782\n3,Diego Ramirez,SSN,219-09-9999\n", "person_name uk_nhs person_name au_tfn person_name us_ssn", 3},
		{"symbols and numbers", "氏名,生年月日,記号,番号\n辻 律,1985/02/03,5869-55,603226\n堀 稔,1979/11/23,さくら・39,799\n", "person_name birth_date insured_symbol_number insured_symbol_number person_name birth_date insured_symbol_number insured_symbol_number", 2},
		{"symbols and numbers of the post office", "氏名,生年月日,記号,番号\n辻 律,1985/02/03,11870,603226\n堀 稔,1979/11/23,10340,799\n", "person_name birth_date person_name birth_date", 2},
		{"dates before names, no header", "平成4年8月25日,辻 律,090-1234-5678\n昭和21年1月25日,堀 稔,090-1234-5679\n平成11年10月16日,森下 太郎,090-1234-5670\n", "birth_date person_name phone birth_date person_name phone birth_date person_name phone", 3},
		{"most are well", "氏名,総合判定\n辻 律,異常なし\n堀 稔,要治療（高血圧）\n森下 太郎,異常なし\n田中 花子,異常なし\n佐藤 健一,糖尿病の疑い\n", "person_name person_name special_care person_name person_name person_name special_care", 5},
		{"a child and a parent", "園児名,誕生日,保護者,保護者携帯\n辻 律,2019/05/13,辻 稔,090-1234-5678\n堀 花音,2019/06/13,堀 健一,090-1234-5679\n堀 美咲,2021/06/13,堀 健一,090-1234-5679\n",
			"person_name birth_date person_name phone person_name birth_date person_name phone person_name birth_date person_name phone", 5},
		{"somebody in charge", "顧客名,担当者,携帯\n辻 律,森 花子,090-1234-5678\n堀 稔,森 花子,090-1234-5679\n", "person_name phone person_name phone", 2},
		{"numbers in a row are no social security numbers", "LINE_ID,KOKYAKU_KANJI,DENWA\n100200300,辻 律,0763331234\n100200301,堀 稔,0763331235\n100200302,森下 太郎,0763331236\n100200303,田中 花子,0763331237\n100200304,佐藤 健一,0763331238\n",
			"person_name phone person_name phone person_name phone person_name phone person_name phone", 5},
		{"numbers of members are no postal codes", "member_no,kanji_name,tel\n0310077,辻 律,090-1234-5678\n0310088,堀 稔,090-1234-5679\n0310099,森下 太郎,090-1234-5670\n", "person_name phone person_name phone person_name phone", 3},
		{"hashes of passwords", "INSERT INTO kaiin (id, member_name, pw_hash) VALUES (1, '辻 律', '202635ac8f64b8657843f5e4c9c14ced'), (2, '堀 稔', '659ad2287216e7b0ad80ffa7ebd257c7');\n", "person_name person_name", 2},
		{"parcels whose numbers pass the check of another", "宛名,送り状\n辻 律,1234-5678-9018\n堀 稔,9832-0567-3214\n森下 太郎,123456789018\n田中 花子,983205673214\n佐藤 健一,1234-5678-9018\n", "person_name person_name person_name person_name person_name", 5},
		{"tags", "確認をお願いします。\n<table>\n<tr><th>お名前</th><th>生年月日</th></tr>\n<tr><td>上運天綾乃</td><td>昭和五十九年九月二十五日</td></tr>\n<tr><td>辻 律</td><td>1989.5.5</td></tr>\n</table>\n", "person_name birth_date person_name birth_date", 2},
		{"half-width readings from abroad", "氏名,ﾌﾘｶﾞﾅ\nヘレナ・コスタ,ﾍﾚﾅ･ｺｽﾀ\n辻 律,ﾂｼﾞ ﾘﾂ\n", "person_name person_name person_name person_name", 2},
	} {
		r := detectText(t, c.text)
		if s := privateTypes(r); s != c.want || r.People.High != c.people {
			t.Errorf("%s: %d people, want %d\n got %s\nwant %s\n%v", c.name, r.People.High, c.people, s, c.want, values(c.text, r))
		}
	}
}

// TestPeopleInTexts holds sentences that tell of people in other ways, and such as tell of
// none.
func TestPeopleInTexts(t *testing.T) {
	for _, c := range []struct {
		name, text, want string
		people           int
	}{
		{"a date in kanji", "堀 稔様におかれましては、昭和四十四年十二月一日のお生まれ、お電話は090-1234-5678です。\n", "person_name=堀 稔 birth_date=昭和四十四年十二月一日 phone=090-1234-5678", 1},
		{"a date before the next label", "堀 稔　有効 2031/05/20　生年月日 1985/02/03\n", "person_name=堀 稔 birth_date=1985/02/03", 1},
		{"a date below a number", "扶養親族\n野々村佳乃　1234-5678-9018\n　S62.9.17\n", "person_name=野々村佳乃 my_number=1234-5678-9018 birth_date=S62.9.17", 1},
		{"a gender in brackets", "堀 稔様　生年月日　S51/07/04　（男）\n", "person_name=堀 稔 birth_date=S51/07/04 gender=男", 1},
		{"a telephone number in brackets", "- 塩谷　守（0782694796）神戸市灘区六甲町6丁目24番3号\n- 板垣　元（059 479 5656）四日市市諏訪栄町1829-4\n", "person_name=塩谷　守 phone=（0782694796 address=神戸市灘区六甲町6丁目24番3号 person_name=板垣　元 phone=（059 479 5656 address=四日市市諏訪栄町1829-4", 2},
		{"the holder of an account", "受取人の堀 稔様の口座は「あさぎり信用金庫 本店営業部 普通 9933037 ﾎﾘ ﾐﾉﾙ」です。\n", "person_name=堀 稔 bank_account=9933037 person_name=ﾎﾘ ﾐﾉﾙ", 1},
		{"names of China and Korea", "現地採用の朴俊昊（PARK Junho）さんと王 建軍（WANG, Jianjun）さんの件です。\n　申請者　劉 暁東\n", "person_name=朴俊昊 person_name=PARK Junho person_name=王 建軍 person_name=WANG, Jianjun person_name=劉 暁東", 3},
		{"firms that bear a name", "取引先の田中誠一税理士法人と木村拓也建設様は新工場を建設中です。北原クリニックの件もあります。\n", "", 0},
		{"a desk for customers", "件名: ご請求書送付の件\n\n株式会社岡崎商店\nお客様相談室　根岸様\n\nいつも大変お世話になっております。\n請求書をお送りします。\n", "", 0},
		{"minutes of a meeting", "お疲れさまです。総務部の里見です。\n\n日時　2026/01/25　10:00〜11:30\n出席　里見、高橋、柳生（ひのき舎）\n次回は会議室B-204にて。\n", "", 0},
		{"somebody who is told of twice", "菅野 スミ様の生年月日は1964年2月4日です。\n\n菅野 スミ様（沖縄県浦添市城間３－１－３）より照会がありました。\n", "person_name=菅野 スミ birth_date=1964年2月4日 person_name=菅野 スミ address=沖縄県浦添市城間３－１－３", 1},
		{"two of one name", "菅野 スミ様、1964年2月4日生まれ。\n\n\n菅野 スミ様、1971年5月6日生まれ。\n", "person_name=菅野 スミ birth_date=1964年2月4日 person_name=菅野 スミ birth_date=1971年5月6日", 2},
		{"the given name alone", "吉野 律さん（２０１４年１０月２６日生まれ）がけがをしました。律さんにはてんかんの既往があります。\n", "person_name=吉野 律 birth_date=２０１４年１０月２６日 person_name=律 special_care=てんかん", 1},
		{"a question of a form", "Q1. お名前をお聞かせください。\nA1. 堀 稔\nQ4. 現在治療中の病気はありますか。\nA4. 特になし\n", "person_name=堀 稔", 1},
		{"a card behind a number of another sort", "堀 稔様、予約番号 2877-8554-1097-2848、ご精算はカード（4500-3202-1930-6544、期限 03/29）で承ります。\n", "person_name=堀 稔 credit_card=4500-3202-1930-6544 card_expiry=03/29", 1},
		{"jobs in a log", "2026-11-17 03:12:44 INFO saved name=堀稔 tel=090-1234-5678\n2026-11-17 03:12:44 DEBUG job=472065729701 elapsed=8386ms\n", "person_name=堀稔 phone=090-1234-5678", 1},
		{"parcels in a list", "01 108573693281\n   堀 稔様　〒100-2101 東京都小笠原村父島字東町317-5\n02 558887078164\n   辻 律様　〒780-0870 高知県高知市本町2-15-17\n03 249960765192\n   森下 太郎様　〒780-0870 高知県高知市本町3-32-3\n04 983205673214\n   田中 花子様　〒780-0870 高知県高知市本町3-32-4\n",
			"person_name=堀 稔 postal_code=100-2101 address=東京都小笠原村父島字東町317-5 person_name=辻 律 postal_code=780-0870 address=高知県高知市本町2-15-17 person_name=森下 太郎 postal_code=780-0870 address=高知県高知市本町3-32-3 person_name=田中 花子 postal_code=780-0870 address=高知県高知市本町3-32-4", 4},
		{"results of a test", "堀 稔　様分　　ID 25706042\n生年月日　1976/07/04\n\n　HBs抗原　陽性\n　判定　　B型肝炎ウイルスキャリアの疑い、要精密検査\n", "person_name=堀 稔 birth_date=1976/07/04 special_care=B型肝炎ウイルスキャリアの疑い、要精密検査", 1},
		{"elements in Latin letters", "<Name>Siti Nurhaliza Rahman</Name>\n<NameKana>シティ・ヌルハリザ・ラフマン</NameKana>\n<PostalCode>0700035</PostalCode>\n<Address>北海道旭川市五条通12丁目</Address>\n", "person_name=Siti Nurhaliza person_name=シティ・ヌルハリザ・ラフマン postal_code=0700035 address=北海道旭川市五条通12丁目", 1},
	} {
		r := detectText(t, c.text)
		if s := strings.Join(privateValues(c.text, r), " "); s != c.want || r.People.High != c.people {
			t.Errorf("%s: %d people, want %d\n got %s\nwant %s", c.name, r.People.High, c.people, s, c.want)
		}
	}
}

// TestPartsOfValues holds tables and records in which one value is spread over several
// cells or fields, or several values share one.
func TestPartsOfValues(t *testing.T) {
	for _, c := range []struct {
		name, text, want string
		people           int
	}{
		{"names and numbers over several columns that nothing names", "堀,稔,19850203,1234,5678,9018\n辻,花子,19791123,9832,0567,3214\n森下,太郎,20010507,5432,1098,7650\n佐藤,健一,19620101,2468,1357,9129\n田中,美咲,19940930,1122,3344,5560\n",
			strings.TrimSpace(strings.Repeat("person_name person_name birth_date my_number ", 5)), 5},
		{"the same figures of another sort", "堀,稔,19850203,1234,5678,9011\n辻,花子,19791123,9832,0567,3212\n森下,太郎,20010507,5432,1098,7659\n佐藤,健一,19620101,2468,1357,9124\n田中,美咲,19940930,1122,3344,5561\n",
			strings.TrimSpace(strings.Repeat("person_name person_name birth_date ", 5)), 5},
		{"goods, not people", "原木,松,20240203,1234,5678,9018\n角材,杉,20231123,9832,0567,3214\n板,桧,20240507,5432,1098,7651\n", "", 0},
		{"a name and its reading in one cell", "お客様,お届け先\n堀 稔（ホリ ミノル）,〒939-1364 富山県砺波市豊町1-2-3\n辻 花子（ツジ ハナコ）,〒9300001 富山県富山市明輪町1-230\n", "person_name address postal_code person_name address postal_code", 2},
		{"names as on a ticket", "参加者,ローマ字,旅券\n堀 稔様,Hori / Minoru,TK8482265\n辻 花子様,TSUJI/HANAKO,MZ 8032577\n", "person_name person_name passport_jp person_name person_name passport_jp", 2},
		{"records in JSON, one to a line", "{\"id\":\"a1\",\"at\":1783294839,\"payload\":{\"sei\":\"堀\",\"mei\":\"稔\",\"seibetsu\":\"男\",\"keitai\":\"09012345678\"}}\n{\"id\":\"a2\",\"at\":1783294840,\"payload\":{\"sei\":\"辻\",\"mei\":\"花子\",\"seibetsu\":\"女\",\"keitai\":\"09012345679\"}}\n",
			"person_name person_name gender phone person_name person_name gender phone", 2},
		{"numbers that a spreadsheet took for amounts", "氏名,マイナンバー\n堀 稔,1.23456789018E+11\n辻 花子,\"983,205,673,214\"\n", "person_name my_number person_name my_number", 2},
		{"amounts that lost their digits", "氏名,マイナンバー\n堀 稔,1.23457E+11\n辻 花子,\"983,205,673,215\"\n", "person_name person_name", 2},
		{"a remark on somebody's health", "日時,ご意見,お名前,メール\n2025-03-07,喘息の薬を飲んでいるので窓側の席を選びたい,堀 稔,hori@example.net\n2025-03-08,駐車場が狭い,辻 花子,tsuji@example.net\n2025-03-09,スタッフの対応が良かったです,森下 太郎,mori@example.net\n2025-03-10,待ち時間が長い,佐藤 健一,sato@example.net\n",
			"special_care person_name email person_name email person_name email person_name email", 4},
	} {
		r := detectText(t, c.text)
		if s := privateTypes(r); s != c.want || r.People.High != c.people {
			t.Errorf("%s: %d people, want %d\n got %s\nwant %s\n%v", c.name, r.People.High, c.people, s, c.want, values(c.text, r))
		}
	}
}

// TestToldInTexts holds what was said and written down, and people who are called by a part
// of their names.
func TestToldInTexts(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"a conversation", "受付：お名前をお願いいたします。\nお客様：堀稔です。\n受付：お生まれの日もお願いいたします。\nお客様：1987年11月13日です。\n受付：折り返しのお電話番号は。\nお客様：090の1234の5678です。\n", "person_name=堀稔 birth_date=1987年11月13日 phone=090の1234の5678"},
		{"a day that nobody was asked for", "受付：ご希望の日をお願いいたします。\nお客様：2026年11月13日です。\n", ""},
		{"pages, not a telephone", "資料は090の1234の56ページです。担当は森の3番です。\n", ""},
		{"a form from a scanner", "生 年 月 日　 昭和 50年 4月 24日\n\n電 話　 090 1234 5678\n", "birth_date=昭和 50年 4月 24日 phone=090 1234 5678"},
		{"a death", "堀 秀樹さんのご尊父兼高昭夫様がご逝去されました。\n喪主は堀さんで、お問い合わせは 090-1234-5678 へお願いします。\n", "person_name=堀 秀樹 person_name=兼高昭夫 person_name=堀 phone=090-1234-5678"},
		{"people who swap their days", "来週のパートさんの日を変えます。\n月曜　堀さん→辻さん\n急な連絡は各自の携帯へ：堀さん 090-1234-5678、辻さん 090-1234-5679\n", "person_name=堀 person_name=辻 person_name=堀 phone=090-1234-5678 person_name=辻 phone=090-1234-5679"},
		{"called by the last part", "クリスティーナ・ベッカーさんの在留カードは KQ75294585JJ です。連絡はベッカーさんの携帯へお願いします。\n", "person_name=クリスティーナ・ベッカー residence_card=KQ75294585JJ person_name=ベッカー"},
		{"a letter of invitation", "We invite Oyunchimeg Bat (date of birth: 27 Jan 2001) to our laboratory. Oyunchimeg Bat can be reached at batoyu.0127@example.com.\n", "person_name=Oyunchimeg Bat birth_date=27 Jan 2001 person_name=Oyunchimeg Bat email=batoyu.0127@example.com"},
		{"a spelling before the name", "2) Yonamine Erika　（與那嶺　エリカ）\n   旅券番号 TK 8482265\n", "person_name=Yonamine Erika person_name=與那嶺　エリカ passport_jp=TK 8482265"},
		{"income of two", "契約者 堀 稔様、連帯債務者 堀 花子様につき、審査が終わりました。\n年収　お申込人1198万円、連帯債務者691万円\n", "person_name=堀 稔 person_name=堀 花子 salary=1198万円 salary=691万円"},
		{"violence at home", "申出者　堀 花子（1979/9/18生）\n内容　元配偶者からの暴力（DV）の被害を受けて転居しています。\n", "person_name=堀 花子 birth_date=1979/9/18 special_care=者からの暴力"},
		{"a telephone behind an account", "堀 稔様の普通口座 9279574（ひだまり銀行 大通支店）は停止済み、折り返しは 090(6273)2719 です。\n", "person_name=堀 稔 bank_account=9279574 phone=090(6273)2719"},
	} {
		r := detectText(t, c.text)
		if s := strings.Join(privateValues(c.text, r), " "); s != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, s, c.want)
		}
	}
}
