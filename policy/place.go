package policy

import (
	"regexp"
	"strings"
)

// placeSteps are the steps of a place (Place.Where) that the reader of attachments
// words itself, with # for a number and * for a name; every other step is a file's
// name.
var placeSteps = []struct{ en, ja string }{
	{"row #", "#行目"}, {"line #", "#行目"}, {"page #", "#ページ"}, {"slide #", "スライド#"}, {"notes of slide #", "スライド#のノート"},
	{`sheet "*"`, "シート「*」"}, {`hidden sheet "*"`, "非表示のシート「*」"}, {`table "*"`, "表「*」"}, {"table #", "表#"}, {"cell #", "セル#"}, {"macro *", "マクロ「*」"}, {"mail #", "#通目のメール"},
	{"body", "本文"}, {"document", "本文"}, {"header", "ヘッダー"}, {"footer", "フッター"}, {"headers and footers", "ヘッダーとフッター"},
	{"footnotes", "脚注"}, {"endnotes", "文末脚注"}, {"comments", "コメント"}, {"text boxes", "テキストボックス"},
	{"text boxes of the header", "ヘッダーのテキストボックス"}, {"notes", "ノート"}, {"slide master", "スライドマスター"}, {"properties", "プロパティ"},
	{"notes and comments", "注とコメント"}, {"notes and attributes", "表示されない注記と属性"},
	{"archive", "内部の書庫"}, {"embedded file", "埋め込みファイル"}, {"embedded object", "埋め込みオブジェクト"}, {"picture", "図"},
	{"encoded block", "符号化された部分"}, {"signed content", "署名された内容"}, {"data: URI", "data: URI"}, {"part #", "部分#"},
	{"leading bytes", "先頭の余分なデータ"}, {"trailing bytes", "末尾の余分なデータ"}, {"bytes between members", "項目の間のデータ"},
	{"members outside the directory", "目録にない項目"},
}

// placeStep takes a step apart into words, a number and a name in quotation marks.
var placeStep = regexp.MustCompile(`^([a-zA-Z: ]*?)(?: (\d+)| ?"(.*)")?$`)

// PlaceText is a place (Place.Where) in both languages.
func PlaceText(where string) Text {
	steps := strings.Split(where, " / ")
	for i, s := range steps {
		if t, ok := PlaceStep(s); ok {
			steps[i] = t.JA
		}
	}
	return Text{JA: strings.Join(steps, " / "), EN: where}
}

// PlaceStep is one step of a place in both languages; false for a file's name.
func PlaceStep(step string) (Text, bool) {
	pattern, number, name := step, "", ""
	if rest, ok := strings.CutPrefix(step, "macro "); ok {
		pattern, name = "macro *", rest
	} else if m := placeStep.FindStringSubmatch(step); m != nil {
		switch number, name = m[2], m[3]; {
		case number != "":
			pattern = m[1] + " #"
		case strings.HasSuffix(step, `"`):
			pattern = m[1] + ` "*"`
		}
	}
	for _, s := range placeSteps {
		if s.en == pattern {
			return Text{JA: strings.NewReplacer("#", number, "*", name).Replace(s.ja), EN: step}, true
		}
	}
	return Text{}, false
}
