package detect

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"io"
	"strings"
)

// givenData holds the weights of givenModel; data/train.go tells how they were
// learned.
//
//go:embed data/given.bin.gz
var givenData []byte

// givenModel tells by its characters whether a word of kanji that no dictionary
// has may be a given name: the sum of what each character counts for at its
// place, in sixteenths of the logarithm of the odds.
type givenModel struct {
	weights [lastKanji - firstKanji + 1][4]int8
	repeat  [4]int8 // of 々
	length  [4]int8 // what a word of so many characters begins with
}

const (
	firstKanji = 0x4e00
	lastKanji  = 0x9fff
)

// Scores, in sixteenths: a name without anything before it, and one behind a
// family name and a space.
const (
	surelyGiven = 24
	maybeGiven  = -16
)

func loadGivenModel() *givenModel {
	z, err := gzip.NewReader(bytes.NewReader(givenData))
	if err != nil {
		panic("detect: embedded weights: " + err.Error())
	}
	rows, err := io.ReadAll(z)
	if err != nil {
		panic("detect: embedded weights: " + err.Error())
	}
	m := &givenModel{}
	for ; len(rows) >= 6; rows = rows[6:] {
		row := m.row(rune(rows[0])<<8 | rune(rows[1]))
		if row == nil {
			panic("detect: embedded weights: no kanji")
		}
		for k := range row {
			row[k] = int8(rows[2+k])
		}
	}
	return m
}

// row holds the weights of a kanji, those of the length for 0; nil for others.
func (m *givenModel) row(c rune) *[4]int8 {
	switch {
	case c >= firstKanji && c <= lastKanji:
		return &m.weights[c-firstKanji]
	case c == '々':
		return &m.repeat
	case c == 0:
		return &m.length
	}
	return nil
}

// score is how much speaks for a given name in a word of up to three kanji; for
// all other words it is far below every limit.
func (m *givenModel) score(w string) int {
	n := len(w) / 3
	if n < 1 || n > 3 || len(w)%3 != 0 {
		return -1 << 10
	}
	sum := int(m.length[n])
	for i := range n {
		if w[3*i]>>4 != 0xe {
			return -1 << 10
		}
		row := m.row(rune(wide(w, 3*i)))
		if row == nil || row == &m.length {
			return -1 << 10
		}
		sum += int(row[placeOf[n][i]])
	}
	return sum
}

// placeOf is which weight counts for each character of words of 1, 2 and 3: first,
// last, between two others, alone.
var placeOf = [4][3]uint8{1: {3}, 2: {0, 1}, 3: {0, 2, 1}}

// isGiven tells whether w may be the given name behind a family name in kanji:
// one of the dictionary, one that is made of the right characters, or one in kana.
func (d *dictionary) isGiven(w string, space bool) bool {
	if d.given.has(w) {
		return true
	}
	least := surelyGiven
	if space {
		least = maybeGiven
	}
	switch first := firstRune(w); {
	case isHiragana(first):
		if last, _ := lastRune(w); isKanji(last) {
			return mixedGiven(w)
		}
		return (space || len(w) >= len("あああ")) && !notGivenKana[w] && d.givenKana.has(katakana(w))
	case isKatakana(first):
		return len(w) >= len("アア") && d.givenKana.has(w)
	case isKanji(first):
		return d.model.score(w) >= least && !d.notNames.has(w) && !d.notGiven.has(w)
	}
	return false
}

func lastOf(s string) rune {
	r, _ := lastRune(s)
	return r
}

// mixedGiven tells a given name of one or two hiragana and a kanji that ends
// such names (まり恵, さと子).
func mixedGiven(w string) bool {
	last := lastOf(w)
	if !strings.ContainsRune(mixedEnds, last) {
		return false
	}
	n := 0
	for _, r := range w[:len(w)-3] {
		if !isHiragana(r) || strings.ContainsRune("をがはへでにと", r) && n == 0 {
			return false
		}
		n++
	}
	return n == 2 || n == 1 && strings.ContainsRune("子美代江", last) && !strings.HasPrefix(w, "の")
}

// mixedEnds are the kanji that given names with hiragana before them end with.
const mixedEnds = "子代江恵美里奈香絵花乃世佳衣帆穂希那沙菜莉吉郎男夫雄"

// notGivenKana are readings of given names that are words of every sentence.
var notGivenKana = wordSet(`こそ のみ など まで より から ほど だけ しか さえ ばかり かな かも かい かか きた きて きり けれ こう この これ さき さま さん しき した して しま すえ すき すぐ すこし
	せい せん そう その それ たい たえ たか たし たち たつ たて たび ため たる つき つぎ つね であり ていた とう とおり とき とし とて とも とり どう なお なか ながら なし なり なる ならび におい にて のち
	のり はじめ はる ひとり ふう ほか まえ まさ また まだ まつ まま みな みる もと もの やすい やら ゆう ゆえ よう よし より わたる あたる あり ある いう いえ いく いる うち える おい おおい おり おる およぶ
	かける かぎり かつ かね かんする きる くる くわえ こえ こと しげ すすむ する そえ そろう たまる つくる つける つなぐ つよい とおる とめる とる なぎ なつ なみ ぬき のこる のぞむ のぼる のる はいる はか はさむ
	はる はん ひかる ひく ひらく ふえ ふく ふさ まき まする まとめ まもる みえ みち みつ みのる むき むけ もち もつ もり やる ゆき よる わけ わり みたか しかも さらに すべて ともに まさに`)
