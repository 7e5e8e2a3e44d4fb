package detect

import "strings"

// myNumber is the Individual Number (個人番号): 12 digits, the last one a check
// digit by Ministry of Internal Affairs and Communications ordinance 85 of 2014,
// article 5. The check alone is weak, one number in ten passes by chance, so a
// label, a column or a record must stand beside it.
var myNumber = &kind{
	name: "my_number", severity: sevGravest, ja: "個人番号", en: "Individual Number", id: 1,
	labels: []string{"番号法の番号", "個人番号カード", "日本个人编号", "个人编号", "マイナ番号", "마이넘버", "개인번호", "マイナンバー", "個人番号", "共通番号", "特定個人情報", "通知カード", "マイナンバーカード", "扶養控除",
		"個人識別番号", "my number", "mynumber", "individual number", "myno", "my_number", "my-number", "kojin_no", "kojin_bango", "kojinbango", "kojin no"},
	lens: lengths(12), vote: true,
	try: func(w *window) (match, bool) {
		if !myNumberCheck(w.digits) || !w.free() {
			return match{}, false
		}
		m := match{norm: w.digits, points: ptCheck, why: whyCheck}
		switch shape := w.shape(); {
		case shape == "c":
		case shape == "444" && w.same() && w.seps("- ./"):
			m.points, m.why = m.points+ptGroups, m.why|whyGroups
		case len(shape) == 12 && w.seps(" |-\n/"): // one digit per box
		case (shape == "66" || shape == "48" || shape == "84" || shape == "444") && w.seps("- \n"):
			m.points -= 0.5
		default:
			return match{}, false
		}
		if allEqual(w.digits) {
			return match{}, false
		}
		if timestamp(w.digits) || mod7(w.digits) {
			m.points--
		}
		return m, true
	},
}

// belowName weighs a number that fills its line below somebody's name: an answer to who asked
// for the number, or the parcel of an addressee.
func (d *Detector) belowName(v *view, c *candidate) float64 {
	n := v.line(c.start)
	a, _ := v.lineSpan(n)
	if n == 0 || !v.alone(c) {
		return 0
	}
	name := strings.TrimSpace(v.lineText(n - 1))
	if len(name) > 30 || !d.nameLike(name) {
		return 0
	}
	top, _ := v.lineSpan(max(0, n-6))
	switch before := v.s[top:a]; {
	case anyOf(before, parcelWords):
		return ptNegative
	case strings.Contains(before, "番号"):
		return ptNear
	}
	return 0
}

// parcelWords speak of what is ordered, booked and sent.
var parcelWords = []string{"荷物", "伝票", "送り状", "追跡", "注文", "配送", "発送", "配達", "届け先", "お届け", "受注", "発注", "予約", "受付番号", "契約", "請求", "お客様番号", "チケット"}

// myNumberCheck verifies the check digit; the factor of the nth digit from the
// right is n+1 up to the sixth and n-5 from the seventh on.
func myNumberCheck(d string) bool {
	if len(d) != 12 {
		return false
	}
	sum := 0
	for n := 1; n <= 11; n++ {
		q := n + 1
		if n >= 7 {
			q = n - 5
		}
		sum += int(d[11-n]-'0') * q
	}
	r := sum % 11
	if r <= 1 {
		return d[11] == '0'
	}
	return int(d[11]-'0') == 11-r
}

func allEqual(d string) bool {
	for i := 1; i < len(d); i++ {
		if d[i] != d[0] {
			return false
		}
	}
	return true
}

// mod7 is the check of Japanese parcel numbers: the last digit is the rest of
// the others divided by seven.
func mod7(d string) bool {
	rest := 0
	for i := range len(d) - 1 {
		rest = (rest*10 + int(d[i]-'0')) % 7
	}
	return rest == int(d[len(d)-1]-'0')
}

// timestamp tells a number that reads as YYYYMMDDhhmm and, with 14 digits, ss.
func timestamp(d string) bool {
	if len(d) != 12 && len(d) != 14 {
		return false
	}
	y, mo, day := atoi(d[:4]), atoi(d[4:6]), atoi(d[6:8])
	return y >= 1950 && y <= 2099 && validDate(y, mo, day) && atoi(d[8:10]) < 24 && atoi(d[10:12]) < 60 &&
		(len(d) == 12 || atoi(d[12:]) < 60)
}

// atoi reads a short row of digits.
func atoi(d string) int {
	n := 0
	for i := range len(d) {
		n = n*10 + int(d[i]-'0')
	}
	return n
}
