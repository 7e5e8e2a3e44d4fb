package recipient

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// kana maps katakana to Latin letters in the Kunrei system, digraphs first.
// Everything is folded by foldReading afterwards, so that the systems agree.
var kana = strings.NewReplacer(
	"キャ", "kya", "キュ", "kyu", "キョ", "kyo", "シャ", "sya", "シュ", "syu", "ショ", "syo", "シェ", "sye",
	"チャ", "tya", "チュ", "tyu", "チョ", "tyo", "チェ", "tye", "ニャ", "nya", "ニュ", "nyu", "ニョ", "nyo",
	"ヒャ", "hya", "ヒュ", "hyu", "ヒョ", "hyo", "ミャ", "mya", "ミュ", "myu", "ミョ", "myo",
	"リャ", "rya", "リュ", "ryu", "リョ", "ryo", "ギャ", "gya", "ギュ", "gyu", "ギョ", "gyo",
	"ジャ", "zya", "ジュ", "zyu", "ジョ", "zyo", "ジェ", "zye", "ビャ", "bya", "ビュ", "byu", "ビョ", "byo",
	"ピャ", "pya", "ピュ", "pyu", "ピョ", "pyo", "ファ", "fa", "フィ", "fi", "フェ", "fe", "フォ", "fo",
	"ティ", "ti", "ディ", "di", "デュ", "dyu", "ウィ", "wi", "ウェ", "we", "ウォ", "wo", "ヴ", "vu",
	"ア", "a", "イ", "i", "ウ", "u", "エ", "e", "オ", "o", "カ", "ka", "キ", "ki", "ク", "ku", "ケ", "ke", "コ", "ko",
	"サ", "sa", "シ", "si", "ス", "su", "セ", "se", "ソ", "so", "タ", "ta", "チ", "ti", "ツ", "tu", "テ", "te", "ト", "to",
	"ナ", "na", "ニ", "ni", "ヌ", "nu", "ネ", "ne", "ノ", "no", "ハ", "ha", "ヒ", "hi", "フ", "hu", "ヘ", "he", "ホ", "ho",
	"マ", "ma", "ミ", "mi", "ム", "mu", "メ", "me", "モ", "mo", "ヤ", "ya", "ユ", "yu", "ヨ", "yo",
	"ラ", "ra", "リ", "ri", "ル", "ru", "レ", "re", "ロ", "ro", "ワ", "wa", "ヲ", "o", "ン", "n",
	"ガ", "ga", "ギ", "gi", "グ", "gu", "ゲ", "ge", "ゴ", "go", "ザ", "za", "ジ", "zi", "ズ", "zu", "ゼ", "ze", "ゾ", "zo",
	"ダ", "da", "ヂ", "zi", "ヅ", "zu", "デ", "de", "ド", "do", "バ", "ba", "ビ", "bi", "ブ", "bu", "ベ", "be", "ボ", "bo",
	"パ", "pa", "ピ", "pi", "プ", "pu", "ペ", "pe", "ポ", "po", "ー", "", "ッ", "", "・", " ",
)

// spelling folds Hepburn into Kunrei spelling and drops what marks long vowels,
// so that sato, satou, satoh and satō are one, as are shinji and sinzi.
var spelling = strings.NewReplacer(
	"sha", "sya", "shu", "syu", "sho", "syo", "shi", "si", "she", "sye",
	"tcha", "tya", "tchi", "ti", "tchu", "tyu", "tcho", "tyo",
	"cha", "tya", "chu", "tyu", "cho", "tyo", "chi", "ti", "che", "tye",
	"tsu", "tu", "fu", "hu", "jya", "zya", "jyu", "zyu", "jyo", "zyo",
	"ja", "zya", "ju", "zyu", "jo", "zyo", "ji", "zi", "je", "zye", "dzu", "zu",
	"mb", "nb", "mp", "np", "mm", "nm", "l", "r",
)

// foldReading gives the form in which readings of Japanese names are compared.
func foldReading(s string) string {
	s = spelling.Replace(s)
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		c, last, next := s[i], byte(0), byte(0)
		if len(out) > 0 {
			last = out[len(out)-1]
		}
		if i+1 < len(s) {
			next = s[i+1]
		}
		switch {
		case c == last && c != 'n' && c != 'i' && c != 'e': // kk, oo, uu, aa
		case c == 'u' && last == 'o': // ou
		case c == 'h' && last == 'o' && !isVowel(next): // oh
		default:
			out = append(out, c)
		}
	}
	return string(out)
}

func isVowel(c byte) bool { return c != 0 && strings.IndexByte("aiueoy", c) >= 0 }

// nameParts splits a display name, a reading or a local part into words in Latin
// letters, folded. Kanji has no letters and gives nothing.
func nameParts(s string) []string {
	if s == "" {
		return nil
	}
	s = strings.ToLower(romanLetters(s))
	words := strings.FieldsFunc(s, func(r rune) bool { return r < 'a' || r > 'z' })
	out := words[:0]
	for _, w := range words {
		out = append(out, foldReading(w))
	}
	return out
}

// romanLetters folds width, writes kana in Roman letters and takes accents off.
func romanLetters(s string) string {
	if isASCII(s) { // nearly all addresses
		return s
	}
	// NFKC folds width and puts the voiced marks of half-width kana together;
	// NFKD, once the kana are gone, takes macrons and accents off.
	s = norm.NFKC.String(s)
	s = strings.Map(hiraganaToKatakana, s)
	s = kana.Replace(s)
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFKD.String(s))
}

func hiraganaToKatakana(r rune) rune {
	if r >= 'ぁ' && r <= 'ゖ' {
		return r + 'ァ' - 'ぁ'
	}
	return r
}
