package detect

import "testing"

// TestCellsBeside holds tables that say what a value is beside it, or that are drawn,
// inserted or ticked.
func TestCellsBeside(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"long form", "利用者,所管,区分名,値\n辻 律,AU,TFN,282 185 877\n堀 稔,UK,NINO,PZ 09 60 13 D\n森 衣里,AU,TFN,475 996 998\n", "person_name au_tfn person_name uk_nino person_name au_tfn"},
		{"long form with a column between", "氏名\t項目\t要否\t内容\n辻 律\t生年月日\t要\t1985/02/03\n辻 律\t携帯電話\t要\t090-1234-5678\n堀 稔\t生年月日\t否\t1979/11/23\n堀 稔\t携帯電話\t要\t090-1234-5679\n",
			"person_name birth_date person_name phone person_name birth_date person_name phone"},
		{"drawn", "┏━┳━━━━━┳━━━━━┓\n┃番┃氏名      ┃生年月日  ┃\n┣━╋━━━━━╋━━━━━┫\n┃1 ┃森下　太郎┃1985/02/03┃\n┃2 ┃堀 稔     ┃1979/11/23┃\n┗━┻━━━━━┻━━━━━┛\n", "person_name birth_date person_name birth_date"},
		{"drawn without a heading", "│辻 律│1985/02/03│090-1234-5678│\n│森下　太郎│1979/11/23│090-1234-5679│\n│堀 稔│2001/04/30│090-1234-5670│\n", "person_name birth_date phone person_name birth_date phone person_name birth_date phone"},
		{"inserted, columns in the statement", "insert into kaiin (no, shimei, gender, birthday) values\n(1, '森下　太郎', NULL, '1985-02-03'),\n(2, '堀 ''稔''', '男', '1979-11-23');\n", "person_name birth_date person_name gender birth_date"},
		{"inserted, columns above", "CREATE TABLE `kaiin` (`no` int NOT NULL, `name` varchar(40), `birth` date, PRIMARY KEY (`no`));\nINSERT INTO `kaiin` VALUES (1, '森下　太郎', '1985-02-03');\nINSERT INTO `kaiin` VALUES (2, '堀 稔', '1979-11-23');\n", "person_name birth_date person_name birth_date"},
		{"inserted into a table of things", "INSERT INTO buhin (no, hinmei, hizuke) VALUES (1, 'ボルト', '2026-02-03'), (2, 'ナット', '2026-02-04');\n", ""},
		{"ticked", "参加の可否\n○ 森下　太郎\n× 五反田　稔(2名)\n△ 鈴木　拓也\n○ 佐藤健一\n○ 山本花子（1名）\n", "person_name person_name person_name person_name person_name"},
		{"ticked things", "持ち物\n○ 水筒\n○ 帽子\n× 現金\n△ 雨具\n", ""},
		{"findings of people", "受付,氏名,判定,医師の欄\n11,辻 律,C,貧血・要精査\n12,堀 稔,D,高血圧症・要治療\n13,森下 太郎,A,異常なし\n14,標本 拓也,D,糖尿病の疑い\n", "person_name special_care person_name special_care person_name person_name special_care"},
		{"findings of machines", "機番,担当者,状態\nA1,辻 律,要点検\nA2,堀 稔,要交換\nA3,森下 太郎,正常\n", "person_name person_name person_name"},
		{"parts of telephone numbers", "氏名\t局\tTEL2\tTEL3\n辻 律\t080\t1234\t5678\n堀 稔\t090\t1234\t5679\n", "person_name phone person_name phone"},
		{"insured with the branch", "氏名|保険者番号|記号番号\n辻 律|01130012|記号 31531196 番号 342549（枝番）01\n堀 稔|01130012|記号 620 番号 618342（枝番）02\n", "person_name insurer_number insured_symbol_number person_name insurer_number insured_symbol_number"},
		{"numbers with a name of their own", "氏名,オーソリ,金額\n辻 律,6570645,100\n堀 稔,5913364,200\n森下 太郎,2173062,300\n田中 花子,5552089,400\n", "person_name person_name person_name person_name"},
		{"elements", "<list>\n <p><氏名>七條慎也</氏名><生年月日>1985/02/03</生年月日><TEL>090-1234-5678</TEL></p>\n</list>\n", "person_name birth_date phone"},
		{"attributes", "<p 氏名=\"森下太郎\" 生年月日=\"1985/02/03\" TEL='090-1234-5678'/>\n", "person_name birth_date phone"},
		{"a log", "2026-05-23 09:17:55 INFO saved id=59978 name=七條慎也 tel=090-1234-5678 ip=192.0.2.1\n", "person_name phone"},
		{"fields of objects", "{\"no\": 1, \"name\": \"七條慎也\", \"birth\": \"1985-02-03\", \"phone\": \"090-1234-5678\"}\n", "person_name birth_date phone"},
		{"a reading in fields", "- name: 森下　太郎\n  kana: モリゲ タロ\n  phone: \"090-1234-5678\"\n", "person_name person_name phone"},
		{"in kana for children", "なまえ,たんじょうび,でんわ\nもりしたたろう,2019年11月27日,022-480-0086\nたなかはなこ,2020年1月7日,022-480-0087\n", "person_name birth_date phone person_name birth_date phone"},
		{"fields of things", "<item name=\"検索部\" date=\"2026/02/03\"/>\n{\"name\": \"在庫管理\", \"released\": \"2026-02-03\"}\n", ""},
		{"insured, headed in Latin letters", "NAME|HOKENSHA_NO|KIGO_BANGO\n辻 律|01130012|記号 88 番号 342\n堀 稔|01130012|記号 620 番号 618\n", "person_name insurer_number insured_symbol_number person_name insurer_number insured_symbol_number"},
		{"payment cards headed PAN", "名義\tPAN\tEXP\n辻 律\t4065450957574537\t09/27\n堀 稔\t4286269620737146\t02/31\n", "person_name credit_card card_expiry person_name credit_card card_expiry"},
		{"tax cards headed PAN", "氏名\tPAN\tEXP\n辻 律\tGDQPM1340J\t09/27\n堀 稔\tXZBPP3805X\t02/31\n", "person_name in_pan person_name in_pan"},
		{"a numbered list of a team", "チームの名簿\n\n1   辻 律            070-1468-4014       富山県富山市中冨居新町44\n2   堀 稔            090-9868-9390       富山県小矢部市小神289\n3   森下 太郎        080-3575-6411       富山県砺波市徳万新17\n",
			"person_name phone address person_name phone address person_name phone address"},
	} {
		r := detectText(t, c.text)
		if s := privateTypes(r); s != c.want {
			t.Errorf("%s:\n got %s\nwant %s\n%v", c.name, s, c.want, values(c.text, r))
		}
	}
}
