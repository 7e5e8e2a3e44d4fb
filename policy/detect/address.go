package detect

import (
	"strings"
	"unicode/utf8"
)

// address is a Japanese postal address: a municipality of the postal code data
// (Japan Post), a town and a block number in digits or kanji. The prefecture may
// be left out.
var address = &kind{
	name: "address", severity: sevContact, ja: "住所", en: "postal address",
	labels:  []string{"住所", "現住所", "ご住所", "送付先", "お届け先", "届け先", "配送先", "居住地", "本籍", "住居", "自宅", "address", "home address", "住址", "地址", "家庭住址", "收货地址", "주소", "domicilio", "dirección", "direccion", "indirizzo", "anschrift", "wohnhaft", "jusho", "転居先", "引越先"},
	headers: []string{"町名", "町域", "丁目", "都道府県", "市区町村", "番地", "建物", "street", "city"},
	cell:    nil, // set by cellAddress, which needs the dictionary
}

// maxAddress is how far left of the block number an address may begin, in bytes.
const maxAddress = 120

// addressAt finds the address whose block number begins with group g of r.
func (d *Detector) addressAt(v *view, g group) (candidate, bool) {
	s := v.s
	left := g.start
	for left > 0 && g.start-left < maxAddress {
		r, n := utf8.DecodeLastRuneInString(s[:left])
		if !isKanji(r) && !isKana(r) && r != ' ' && !(r >= '0' && r <= '9') && r != '-' {
			break
		}
		left -= n
	}
	if g.start-left < len("港区芝") {
		return candidate{}, false
	}
	at, town, points := d.city(s[left:g.start])
	if at < 0 {
		return candidate{}, false
	}
	gap := strings.TrimSpace(s[left+town : g.start])
	if gap == "" || utf8.RuneCountInString(gap) > 25 || strings.ContainsAny(gap, " -") && hasDigits(gap, 1) || prosy(gap) {
		return candidate{}, false
	}
	if hasAnyPrefix(s[g.end:], notBlock) {
		return candidate{}, false
	}
	end := blockEnd(s, g.start)
	c := candidate{kind: address, start: left + at, end: end, match: match{points: points + 2, why: whyDictionary}}
	c.norm = squeeze(s[c.start:end])
	return c, true
}

// notBlock are counters: the number before them is no block number.
var notBlock = []string{"階", "月", "日", "時", "名", "人", "件", "円", "年", "歳", "回", "分", "%", "社", "店舗", "か所", "ヶ所", "カ所", "万", "億", "度", "位", "ヘクタール", "平方", "km", "m"}

// city finds the leftmost municipality in s: where the address begins, where
// the town begins, and its points.
func (d *Detector) city(s string) (start, town int, points float64) {
	if !anyOf(s, municipal) {
		return -1, 0, 0
	}
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if !isKanji(r) && !isKana(r) {
			i += n
			continue
		}
		p := prefecture(s[i:])
		if town = d.townBehind(s[i:], p); town > 0 {
			return i, i + town, float64(1 + b2i(p > 0))
		}
		i += n
	}
	return -1, 0, 0
}

// townBehind is where the town begins behind the prefecture of p bytes, which may be
// 0, and the municipality that s begins with; 0 without a municipality.
func (d *Detector) townBehind(s string, p int) int {
	for p > 0 && p < len(s) && s[p] == ' ' {
		p++
	}
	if n := d.cityPrefix(s[p:]); n > 0 {
		return p + n
	}
	return 0
}

var municipal = []string{"市", "区", "町", "村"}

// cityPrefix is the length of the longest municipality that s begins with.
func (d *Detector) cityPrefix(s string) int {
	best := 0
	for i := 0; i+3 <= len(s) && i < 12*3; i += 3 {
		if s[i]>>4 != 0xe || s[i] == 0xef {
			if s[i] == ' ' {
				return d.spacedCity(s)
			}
			break
		}
		switch s[i : i+3] {
		case "ヶ", "ヵ":
			return d.spacedCity(s)
		case "市", "区", "町", "村":
			if d.dict.cities.get(s[:i+3]) != 0 {
				best = i + 3
			}
		}
	}
	return best
}

// spacedCity is cityPrefix for a name with spaces in it or with ヶ.
func (d *Detector) spacedCity(s string) int {
	best, n := 0, 0
	var key strings.Builder
	for i, r := range s {
		if n++; n > 12 || !isKanji(r) && !isKana(r) && r != ' ' {
			break
		}
		if r == ' ' {
			continue
		}
		if r == 'ヶ' || r == 'ヵ' {
			r = 'ケ'
		}
		key.WriteRune(r)
		switch r {
		case '市', '区', '町', '村':
			if d.dict.cities.get(key.String()) != 0 {
				best = i + utf8.RuneLen(r)
			}
		}
	}
	return best
}

// prefecture is the length of the prefecture that s begins with, 0 without.
func prefecture(s string) int {
	if len(s) < 9 || !hasAnyPrefix(s[6:], prefectureEnds) && (len(s) < 12 || !strings.HasPrefix(s[9:], "県")) {
		return 0
	}
	for n := 9; n <= 12 && n <= len(s); n += 3 {
		if isPrefecture[s[:n]] {
			return n
		}
	}
	return 0
}

var isPrefecture = func() map[string]bool {
	all := map[string]bool{}
	for _, p := range prefectures {
		all[p] = true
	}
	return all
}()

var prefectureEnds = []string{"県", "都", "府", "道"}

var prefectures = strings.Fields(`北海道 青森県 岩手県 宮城県 秋田県 山形県 福島県 茨城県 栃木県 群馬県 埼玉県 千葉県 東京都 神奈川県
	新潟県 富山県 石川県 福井県 山梨県 長野県 岐阜県 静岡県 愛知県 三重県 滋賀県 京都府 大阪府 兵庫県 奈良県 和歌山県 鳥取県 島根県
	岡山県 広島県 山口県 徳島県 香川県 愛媛県 高知県 福岡県 佐賀県 長崎県 熊本県 大分県 宮崎県 鹿児島県 沖縄県`)

// prosy tells particles that show a sentence rather than the name of a town.
func prosy(s string) bool {
	for _, p := range []string{"から", "まで", "では", "には", "です", "ます", "した", "って", "より", "として", "における", "への", "とは", "を", "が"} {
		if strings.Contains(s, p) && p != "が" || p == "が" && strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

// blockEnd is where an address ends whose block number begins at i: the block
// number and, on the same line, a building with its room.
func blockEnd(s string, i int) int {
	end := i
	for i < len(s) {
		r, n := utf8.DecodeRuneInString(s[i:])
		if isDigit(s[i]) {
			i += n
			end = i
			continue
		}
		if w := blockWord(s[i:]); w > 0 {
			i += w
			end = i
			continue
		}
		if (r == '-' || r == '条' || r == 'ノ' || r == 'の') && i+n < len(s) && isDigit(s[i+n]) {
			i += n
			continue
		}
		break
	}
	return building(s, end)
}

func blockWord(s string) int {
	for _, w := range []string{"丁目", "番地の", "番地", "番", "号室", "号", "地割"} {
		if strings.HasPrefix(s, w) {
			return len(w)
		}
	}
	return 0
}

// building takes in "メゾン青葉 203号室" behind the block number.
func building(s string, end int) int {
	start := end
	if start < len(s) && s[start] == ' ' {
		start++
	}
	i := start + buildingWord(s[start:])
	text := s[start:i]
	for _, w := range buildings {
		if strings.Contains(text, w) {
			room := i
			if room < len(s) && s[room] == ' ' {
				room++
			}
			n := span(s[room:], isDigit, 6)
			if n == 0 || n > 5 || room+n < len(s) && s[room+n] == '-' {
				return i
			}
			i = room + n
			return i + anyPrefix(s[i:], []string{"号室", "号"})
		}
	}
	return end
}

// buildingWord is the length of an unbroken word at the start of s.
func buildingWord(s string) int {
	for i, r := range s {
		if i >= 60 || !isKanji(r) && !isKatakana(r) && !isHiragana(r) && !(r < 0x80 && alnum(byte(r))) && r != '-' && r != '・' {
			return i
		}
	}
	return min(len(s), 60)
}

// addressPart tells a cell that may be a part of an address (town and block,
// building, a street abroad): the column says what it is.
func addressPart(s string) bool {
	if n := utf8.RuneCountInString(s); n < 3 || n > 80 || strings.ContainsAny(s, "@=") {
		return false
	}
	if anyOf(s, municipal) || strings.Contains(s, "丁目") || strings.Contains(s, "番地") || anyOf(s, buildings) {
		return true
	}
	words := allOf(s, "0123456789-")
	for _, r := range s {
		words = words || isKanji(r) || isKana(r) || r < 0x80 && isLetter(byte(r)) || r >= 0xc0 && r < 0x250
	}
	return words && hasDigits(s, 1)
}

// address reads one cell of an address column.
func (t *cellReader) address(s string) (match, bool) {
	p := prefecture(s)
	at, points := 0, float64(1+b2i(p > 0))
	if t.d.townBehind(s, p) == 0 { // few are not written so
		at, _, points = t.d.city(s)
	}
	if at > 0 && strings.TrimSpace(s[:at]) != "" && !strings.HasPrefix(s, "〒") && !isDigit(s[0]) {
		at = -1
	}
	if at < 0 && p == 0 {
		return match{norm: t.squeezed(s)}, addressPart(s) && (digitsIn(s) < 9 || s[len(s)-1] >= 0x80 || strings.Trim(s, "+-() 0123456789") != "") // no telephone number
	}
	m := match{norm: t.squeezed(s), points: points, why: whyDictionary}
	if s != "" && isDigit(s[len(s)-1]) || hasDigits(s, 1) || strings.Contains(s, "番") || strings.Contains(s, "丁目") {
		m.points++
	}
	return m, true
}

// buildings are words in the names of blocks of flats and offices.
var buildings = []string{"ハイツ", "マンション", "コーポ", "メゾン", "アパート", "ビル", "荘", "タワー", "レジデンス", "パーク", "ハウス", "号室", "階", "館", "団地", "棟", "寮", "プラザ", "コート", "ヒルズ", "パレス", "シティ", "ガーデン"}
