package detect

// cnID is a Chinese resident identity number: region, date of birth, serial and
// a check character by ISO 7064 MOD 11-2 (GB 11643-1999; 11010519491231002X).
var cnID = &kind{
	name: "cn_id", severity: sevOfficial, ja: "中国居民身分番号", en: "Chinese identity number", id: 18,
	labels: []string{"身份证号码", "身份证号", "身份证", "公民身份号码", "居民身分証", "居民身份証", "身分証番号", "chinese id", "resident id"},
	lens:   lengths(17, 18), vote: true,
	try: func(w *window) (match, bool) {
		d, end := w.digits, w.end()
		if shape := w.shape(); w.j > w.i && (shape != "684" && shape != "683" || !w.seps(" -")) || !w.freeLeft() { // 110105 19491231 002X
			return match{}, false
		}
		if len(d) == 17 {
			if end >= len(w.v.s) || w.v.s[end]|0x20 != 'x' || end+1 < len(w.v.s) && wordByte(w.v.s[end+1]) {
				return match{}, false
			}
			d, end = d+"X", end+1
		} else if !w.freeRight() {
			return match{}, false
		}
		y := atoi(d[6:10])
		if d[0] == '0' || d[0] == '9' || y < 1900 || y > 2030 || !validDate(y, atoi(d[10:12]), atoi(d[12:14])) {
			return match{}, false
		}
		sum := 0
		for i, f := range []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
			sum += int(d[i]-'0') * f
		}
		return match{start: w.start(), end: end, norm: d, points: 4.5, why: whyCheck}, "10X98765432"[sum%11] == d[17]
	},
}
