package policy

import "testing"

func TestPlacesInBothLanguages(t *testing.T) {
	for where, ja := range map[string]string{
		`members.zip / list.xlsx / sheet "名簿" / row 17`: "members.zip / list.xlsx / シート「名簿」 / 17行目",
		`list.xls / hidden sheet "a / b"`:               `list.xls / hidden sheet "a / b"`,
		`list.xls / hidden sheet "裏"`:                   "list.xls / 非表示のシート「裏」",
		"deck.pptx / slide 3 / row 2":                   "deck.pptx / スライド3 / 2行目",
		"deck.pptx / notes of slide 12":                 "deck.pptx / スライド12のノート",
		"a.doc / headers and footers":                   "a.doc / ヘッダーとフッター",
		"a.odt / notes and attributes":                  "a.odt / 表示されない注記と属性",
		"a.xlsm / vbaProject.bin / macro Module1":       "a.xlsm / vbaProject.bin / マクロ「Module1」",
		"old.mbox / mail 2 / body":                      "old.mbox / 2通目のメール / 本文",
		"report 2026.pdf / page 4":                      "report 2026.pdf / 4ページ",
		"a.docx / document / table 2 / row 3 / cell 1":  "a.docx / 本文 / 表2 / 3行目 / セル1",
		"a.db / table \"会員\" / row 9":                   "a.db / 表「会員」 / 9行目",
	} {
		if got := PlaceText(where); got.JA != ja || got.EN != where {
			t.Errorf("%s: %+v", where, got)
		}
	}
	if _, ok := PlaceStep("sheet.xlsx"); ok {
		t.Error("a file's name is taken for a step")
	}
}
