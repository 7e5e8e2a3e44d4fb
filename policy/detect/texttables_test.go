package detect

import "testing"

// TestPrintedTables holds the reading of tables that blanks part, and of columns that
// mean something beside certain others only.
func TestPrintedTables(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"parted by blanks", "社員番号  氏名      基本給    評価\n1001      辻 律     320,000   A\n1002      堀 稔     298,000   B\n", "employee_id person_name salary employee_id person_name salary"},
		{"an empty cell", "NAME             PASSPORT      SEX\nMORI ERI         NA3118188     F\nTSUJI RITSU                    M\nHORI MINORU      XS1664435     M\n",
			"person_name passport_jp gender person_name gender person_name passport_jp gender"},
		{"values as wide as their column", "社員CD　氏名　　　　　　基本給\nS50906　辻 律　　　543000\n25630　堀　稔　　　192000\n", "employee_id person_name salary employee_id person_name salary"},
		{"a ruler below the heading", "氏名      携帯\n--------  -------------\n辻 律     090-1234-5678\n堀 稔     090-1234-5679\n", "person_name phone person_name phone"},
		{"one bar", "氏名|電話\n想定 美咲|090-1234-5678\n標本 拓也|090-1234-5679\n", "person_name phone person_name phone"},
		{"markdown", "# 名簿\n\n| 氏名 | 電話 |\n|---|---|\n| 想定 美咲 | 090-1234-5678 |\n| 標本 拓也 | 090-1234-5679 |\n", "person_name phone person_name phone"},
		{"lined up without a heading", "1     辻 律       090-1234-5678\n2     森下　太郎  090-1234-5679\n3     堀 稔       090-1234-5670\n", "person_name phone person_name phone person_name phone"},
		{"things", "品番      品名        数量\nTK1234567 ボルト      100\nTK1234568 ナット      200\n", ""},
		{"symbol and number of insured people", "氏名\t保険者番号\t記号\t番号\n辻 律\t01130012\t3290\t96\n堀 稔\t01130012\t3347\t52\n",
			"person_name insurer_number insured_symbol_number insured_symbol_number person_name insurer_number insured_symbol_number insured_symbol_number"},
		{"results of things", "ロット,出荷日,検査結果\nA-1001,2026/8/24,合格\nA-1002,2026/8/25,再検査\n", ""},
		{"results of people", "氏名,検査結果\n辻 律,要再検査\n堀 稔,異常なし\n", "person_name special_care person_name"},
		{"shape of residence cards without people", "AB12345678CD,12\nAB12345679CD,10\nAC22345678CE,4\nAD32345678CE,8\nAB42345678CF,9\n", ""},
		{"places", "会場名,住所,定員\n市民会館,東京都八王子市明神町3-2-1,300\n青葉ホール,横浜市青葉区美しが丘2-14-5,500\n", ""},
		{"a rota", "氏名,1(月),2(火),3(水)\n辻 律,A,B,休\n堀 稔,B,休,A\n", "person_name person_name"},
		{"suppliers", "仕入先名,部署,ご担当,代表番号\n合同会社ひばり,業務課,辻 律様,011-233-4405\n森商店,購買部,堀 稔様,011-233-4406\n", ""},
		{"names of Vietnam", "氏名\t電話\nNguyễn Thị Hương\t090-1234-5678\nĐỗ Thanh Tùng\t090-1234-5679\n", "person_name phone person_name phone"},
	} {
		r := detectText(t, c.text)
		if s := privateTypes(r); s != c.want {
			t.Errorf("%s:\n got %s\nwant %s\n%v", c.name, s, c.want, values(c.text, r))
		}
	}
}
