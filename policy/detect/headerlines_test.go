package detect

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
)

// TestHeaderLinesLoseNothing reads headers with all kinds of text in them as they are
// read and line by line: nothing may differ.
func TestHeaderLinesLoseNothing(t *testing.T) {
	oneGoroutine(t)
	short, whole := usual(), New(Options{})
	whole.key, whole.everything = short.key, true
	var lines []string
	for _, set := range [][]genTemplate{genTemplates, hardTemplates, blindTemplates} {
		for _, doc := range generated(set, 17, 2) {
			lines = append(lines, strings.Split(doc.Text, "\n")...)
		}
	}
	lines = append(lines, "見積書の送付", "Re: Quarterly report, 2nd draft", "12/5の会議について", "2026年3月の納期", "[ML 1234] 議事録", "鈴木", "Suzuki", "見積書の送付 123", "[ML 1234] 2026年3月5日の納期", "Order 0312 of 2026-03-05", "1980/05/16", "")
	froms := []string{"taro@sender.example", "hanako299@partner49.example", "Taro <taro@sender.example>", "\"Taro Y.\" <t.y+1@sender.example>", "Taro Yamada <taro@sender.example>",
		"山田太郎 <taro@sender.example>", "山田 太郎 <taro@sender.example>", "営業部 <sales@sender.example>", "Sales (Tokyo) <s@sender.example>", "Dr. Smith <090-1234-5678@sender.example>", "<>"}
	plain := []string{"Date: Mon, 02 Feb 2026 10:00:00 +0900", "Date: 2026/05/16", "Message-ID: <4096@sender.example>", "MIME-Version: 1.0",
		"Content-Type: text/plain; charset=UTF-8", "User-Agent: Mozilla Thunderbird", "X-Mailer: Microsoft Outlook 16.0", "Content-Language: ja",
		"References: <a.b-c@x.example> <d_1@y.example>"}
	others := []string{"Message-ID: <CAF9x+1234567890123456@mail.sender.example>",
		"Content-Type: multipart/mixed; boundary=\"----=_Part_1234_567890.1234567890123\"",
		"Received: from pc1 (pc1.sender.example [192.168.10.23]) by mail.sender.example (Postfix) with ESMTP id 4F3A1234B8", "Reply-To: desk@sender.example, b@c.example",
		"X-Spam: see postgres://user:hunter2@db.example/x", "Thread-Index: AdzN2m3k4b5c6d7e8f9=="}
	r := rand.New(rand.NewPCG(3, 5))
	quick := 0
	for n := range 2000 {
		from, other := froms, others
		if n%2 == 0 { // those that are not read
			from, other = froms[:4], plain
		}
		head := []string{"From: " + from[r.IntN(len(from))], "To: " + from[r.IntN(len(from))]}
		if r.IntN(3) > 0 {
			line := lines[r.IntN(len(lines))]
			head = append(head, []string{"Subject: ", "X-Note: ", "Comments: ", "To: ", ""}[min(4, r.IntN(16)/3)]+line)
		}
		for range r.IntN(6) {
			head = append(head, other[r.IntN(len(other))])
		}
		r.Shuffle(len(head), func(i, k int) { head[i], head[k] = head[k], head[i] })
		c := policy.Content{Part: "0/h", Text: strings.Join(head, "\n") + "\n", Kind: policy.HeaderText}
		x := short.exam(Context{})
		var hits []hit
		quick += b2i(x.addressHeader(&c, &hits))
		got := short.Detect(t.Context(), []policy.Content{c}, Context{}).Findings
		want := whole.Detect(t.Context(), []policy.Content{c}, Context{}).Findings
		if !slices.Equal(got, want) {
			t.Errorf("%s\nis read as %s\nand line by line as %s", c.Text, shown(got), shown(want))
		}
	}
	t.Log(quick, "of 2000 were not read")
	if quick < 150 {
		t.Errorf("only %d of 2000 headers were not read line by line", quick)
	}
}

func shown(findings []policy.Finding) string {
	var b strings.Builder
	for _, f := range findings {
		fmt.Fprintf(&b, "\n  %s/%s %d-%d %.2f %s", f.Type, f.Subtype, f.Place.Start, f.Place.End, f.Confidence, f.Reason.EN)
	}
	return b.String()
}
