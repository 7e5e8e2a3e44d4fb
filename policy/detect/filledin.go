package detect

import "strings"

// filledIn drops what a form or a table gives as an example of how it is filled in, and
// returns how many hits stay: the text says that it is one, and everybody named in it has a name
// that stands for anybody. Numbers that a check proves stay.
func filledIn(text string, hits []hit) int {
	nobody, manual := false, aManual.in(text[:min(len(text), sampleReach)])
	for i := range hits {
		if h := &hits[i]; h.kind == personName && !h.business {
			if !placeholderNames[lower(squeeze(h.norm))] && !(manual && manualNames[h.norm] && enclosedIn(text, h)) {
				return len(hits)
			}
			nobody = true
		}
	}
	if !nobody || !manual && !aSample.in(lower(text[:min(len(text), sampleReach)])) {
		return len(hits)
	}
	n := 0
	for i := range hits {
		switch h := &hits[i]; h.kind {
		case personName, address, postalCode, phone, mailAddress, birthDate, gender, memberID, employeeID:
			continue
		}
		hits[n] = hits[i]
		n++
	}
	return n
}

// sampleReach is how far into a text it says that it is an example, in bytes.
const sampleReach = 4 << 10

// aSample are words for examples.
var aSample = newAnyWord("記入例", "記入見本", "記載例", "入力例", "見本", "サンプル", "ひな形", "雛形", "ひながた", "テンプレート", "ダミー", "テストデータ", "(例)", "（例）", "【例】", "例:", "例：", "例)", "例）", "sample", "specimen", "dummy", "placeholder", "template", "test data", "for example", "e.g.")

// enclosedIn tells a hit inside quotation marks: what a manual says that one says.
func enclosedIn(text string, h *hit) bool {
	line := text[:h.start]
	line = line[strings.LastIndexByte(line, '\n')+1:]
	return strings.LastIndex(line, "「") > strings.LastIndex(line, "」")
}

// aManual are words for texts that tell what one is to say, manualNames who is called there.
var (
	aManual     = newAnyWord("マニュアル", "応対例", "会話例", "例文", "文例", "トークスクリプト", "台本", "ロールプレイ", "言い回し", "ビジネスマナー", "敬語", "言葉遣い")
	manualNames = wordSet("山田 田中 鈴木 佐藤 高橋")
)

// placeholderNames stand for anybody.
var placeholderNames = wordSet(strings.Join([]string{
	"山田太郎 山田花子 山田一郎 やまだたろう やまだはなこ ヤマダタロウ ヤマダハナコ 山田 太郎 花子 田中太郎 田中花子 鈴木太郎 鈴木花子 鈴木一郎 佐藤太郎 佐藤花子 日本太郎 日本花子 東京太郎 東京花子 見本太郎 見本花子 例示太郎 試験太郎 テスト太郎 テスト花子 個人太郎",
	"johndoe janedoe taroyamada yamadataro yamadahanako hanakoyamada johnsmith janesmith johnqpublic joebloggs tarotanaka maxmustermann erikamustermann"}, " "))
