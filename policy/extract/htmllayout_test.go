package extract

import (
	"fmt"
	"strings"
	"testing"
)

// TestPagesLaidOut reads numbers whose digits a style sheet, fields or lists put in their order.
func TestPagesLaidOut(t *testing.T) {
	const number = "571432178533"
	order := []int{3, 0, 7, 11, 1, 5, 2, 9, 4, 10, 6, 8}
	each := func(format string, at ...int) string {
		if at == nil {
			at = []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}
		}
		var b strings.Builder
		for _, i := range at {
			b.WriteString(strings.NewReplacer("$i", fmt.Sprint(i+1), "$d", number[i:i+1]).Replace(format))
		}
		return b.String()
	}
	back := []int{11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0}
	var rules, digits string
	for i := range 12 {
		rules += fmt.Sprintf(".o%d{order:%d}", i+1, i)
		digits += fmt.Sprintf(`.d%d::before{content:"%d"}`, i, i)
	}
	for name, page := range map[string]string{
		"order":       `<div style="display:flex">` + each(`<span style="order:$i">$d</span>`, order...) + `</div>`,
		"classes":     `<style>` + rules + `</style><div>` + each(`<span class="o$i">$d</span>`, order...) + `</div>`,
		"groups":      `<div style="display:flex"><b style="order:3">8533</b><b style="order:1">5714</b><b style="order:2">3217</b></div>`,
		"row-reverse": `<div style="display:flex;flex-direction:row-reverse">` + each(`<span>$d</span>`, back...) + `</div>`,
		"float":       `<div>` + each(`<span style="float:right">$d</span>`, back...) + `</div>`,
		"grid":        `<div style="display:grid">` + each(`<span style="grid-row:1;grid-column:$i">$d</span>`, order...) + `</div>`,
		"positions":   `<div>` + each(`<div style="position:absolute;top:9px;left:$i0px">$d</div>`, order...) + `</div>`,
		"counters":    `<style>i::before{content:counter(d)}</style><p>` + each(`<i style="counter-reset:d $d"></i>`) + `</p>`,
		"contents":    `<style>` + digits + `</style><p>` + each(`<b class="d$d"></b>`) + `</p>`,
		"attributes":  `<style>i::after{content:attr(data-d)}</style><p>` + each(`<i data-d="$d"></i>`) + `</p>`,
		"fields":      `<form>` + each(`<input size="1" value="$d">`) + `</form>`,
		"items":       `<ol>` + each(`<li value="$d"></li>`) + `</ol>`,
		"pictures":    `<div>` + each(`<img src="cid:$d" alt="$d">`) + `</div>`,
		"table":       `<table dir="rtl"><tr>` + each(`<td>$d</td>`, back...) + `</tr></table>`,
		"mirror":      `<p style="transform:scaleX(-1)">335871234175</p>`,
	} {
		res := extractFile(t, File{DeclaredType: "text/html", Data: []byte("<html><body><p>個人番号</p>" + page + "</body></html>")})
		if hits(res, []string{number}) != 1 || problems(res) != "" {
			t.Errorf("%s: not found, problems %q: %q", name, problems(res), res.Contents[0].Text)
		}
	}
}

// TestLayoutsOfNewsletters holds what newsletters have of such styles.
func TestLayoutsOfNewsletters(t *testing.T) {
	for name, page := range map[string]string{
		"pages":   `<p><a href="?p=1">1</a> <a href="?p=2">2</a> <a href="?p=3">3</a> <a href="?p=4">4</a></p><div style="float:right">配信停止</div>`,
		"columns": `<table><tr><td style="float:left">1</td><td style="float:right">商品の説明がここに入ります。</td></tr><tr><td>2</td><td>3</td></tr></table>`,
		"text":    `<div style="display:flex;flex-direction:row-reverse"><p>2026</p><p>11</p><p>23</p><p>本日のお知らせは次のとおりです。詳しくは各支店の窓口までお問い合わせください。皆様のご来店をお待ちしております。</p></div>`,
	} {
		if got := laidOut("<html><body>" + page + "</body></html>"); got != "" {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// TestLayoutsInEachOther ends soon for boxes that lie in each other or side by side.
func TestLayoutsInEachOther(t *testing.T) {
	for _, page := range []string{
		strings.Repeat(`<div style="order:1">1`, 30_000), strings.Repeat(`<b style="order:1">1</b>`, 30_000), strings.Repeat(`<ol><li value=1><p>`, 10_000),
		strings.Repeat(`<div style="order:1">`, 190) + strings.Repeat(`<b style="order:2">2</b>`, 20_000),
	} {
		if got := laidOut(page); len(got) > 1<<20 {
			t.Errorf("%d octets of %d", len(got), len(page))
		}
	}
}
