package detect

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
)

// mixedText is ordinary text: prose in both languages, log and table lines, a
// little personal data, by the same generator as the evaluation.
func mixedText(size int) string {
	g := newGen(99)
	var b strings.Builder
	prose := []string{
		"本日の会議では、来年度の計画について意見を交換しました。詳細は議事録をご覧ください。参加者からは予算の配分に関する質問が出ました。\n",
		"いつもお世話になっております。先日ご依頼いただいた資料の件ですが、準備が整いましたのでお送りいたします。ご確認のほどお願いいたします。\n",
		"The quarterly report shows steady growth in all regions, and the team expects the trend to continue next year.\n",
		"新しい製品の設計は順調に進んでいます。試験の結果も良好で、量産に向けた準備を始める予定です。\n",
	}
	for b.Len() < size {
		switch n := g.IntN(100); {
		case n < 80:
			b.WriteString(g.pick(prose...))
		case n < 95:
			fmt.Fprintf(&b, "%s,%d,%s,ok\n", g.num(6), g.IntN(1000), g.letters(12, base62))
		case n < 99:
			fmt.Fprintf(&b, "2026-11-%02d 10:%02d:%02d INFO request took %dms\n", 1+g.IntN(28), g.IntN(60), g.IntN(60), g.IntN(999))
		default:
			g.next()
			fmt.Fprintf(&b, "%s様 個人番号 %s 電話 %s\n", g.who.full(" "), g.myNumber(), g.mobile())
		}
	}
	return b.String()
}

func BenchmarkMixedText(b *testing.B) {
	text := mixedText(4 << 20)
	d := New(Options{})
	b.SetBytes(int64(len(text)))
	cpu := cpuTime()
	for b.Loop() {
		d.Detect(context.Background(), []policy.Content{{Part: "1", Text: text}}, Context{})
	}
	reportCPU(b, cpu, len(text))
}

// BenchmarkLetter is one ordinary mail of 4 KB.
func BenchmarkLetter(b *testing.B) {
	text := strings.ReplaceAll(mixedText(3500), ",", " ") + "\n-----\n株式会社山吹工業 総務課\n真鍋 律\nTEL 052-211-2345\nmanabe@yamabuki.example\n"
	d := New(Options{})
	b.SetBytes(int64(len(text)))
	cpu := cpuTime()
	for b.Loop() {
		d.Detect(context.Background(), []policy.Content{{Part: "1", Text: text, Kind: policy.BodyText}}, Context{})
	}
	reportCPU(b, cpu, len(text))
}

// cpuTime is the processor time this process has used; it says more than the
// clock on a machine that others use too.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func reportCPU(b *testing.B, since time.Duration, size int) {
	used := cpuTime() - since
	b.ReportMetric(float64(size)*float64(b.N)/1e6/used.Seconds(), "MB/cpu-s")
	b.ReportMetric(float64(used.Milliseconds())/float64(b.N), "cpu-ms/op")
}

// memberList is a CSV of n invented people.
func memberList(n int) string {
	g := newGen(5)
	var b strings.Builder
	b.WriteString("会員番号,氏名,フリガナ,生年月日,郵便番号,住所,電話番号,メール\n")
	for i := range n {
		g.next()
		zip, addr := g.place()
		fmt.Fprintf(&b, "%08d,%s,%s %s,%04d-%02d-%02d,%s,%s,090-%04d-%04d,m%d@mail.example.org\n", i, g.who.full(" "), g.who.familyKana, g.who.givenKana,
			g.who.birth[0], g.who.birth[1], g.who.birth[2], zip, addr, 1000+i/9000, 1000+i%9000, i)
	}
	return b.String()
}

func BenchmarkMemberList(b *testing.B) {
	text := memberList(10000)
	d := New(Options{})
	b.SetBytes(int64(len(text)))
	cpu := cpuTime()
	for b.Loop() {
		r := d.Detect(context.Background(), []policy.Content{{Part: "1", Text: text}}, Context{})
		if r.People.High != 10000 {
			b.Fatal(r.People)
		}
	}
	reportCPU(b, cpu, len(text))
}

func BenchmarkNew(b *testing.B) {
	cpu := cpuTime()
	for b.Loop() {
		New(Options{})
	}
	reportCPU(b, cpu, 0)
}

// BenchmarkGoRegexp is the yardstick: a handful of patterns one after another.
func BenchmarkGoRegexp(b *testing.B) {
	text := []byte(mixedText(256 << 10))
	var list []*regexp.Regexp
	for _, p := range []string{`\b\d{4}[- ]?\d{4}[- ]?\d{4}\b`, `\b(?:4\d{3}|5[1-5]\d{2})[- ]?\d{4}[- ]?\d{4}[- ]?\d{4}\b`, `0[789]0[- ]?\d{4}[- ]?\d{4}`,
		`[\w.+-]+@[\w-]+\.[\w.]+`, `〒?\d{3}-\d{4}`, `(マイナンバー|個人番号)[^0-9]{0,20}[0-9０-９]{12}`, `AKIA[0-9A-Z]{16}`, `(?i)password\s*[:=]\s*\S+`} {
		list = append(list, regexp.MustCompile(p))
	}
	b.SetBytes(int64(len(text)))
	cpu := cpuTime()
	for b.Loop() {
		for _, r := range list {
			r.FindAllIndex(text, -1)
		}
	}
	reportCPU(b, cpu, len(text))
}
