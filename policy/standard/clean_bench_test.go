package standard

import (
	"context"
	"encoding/base64"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
)

// BenchmarkCleanTextAndTable reads the mail of 100 KB that the road is measured with
// (proxy/bench/mkmail.py): a short text and a CSV of figures, both in base64.
func BenchmarkCleanTextAndTable(b *testing.B) {
	raw := textAndTable()
	body := email.BytesBody(raw)
	i := Inspector{Reader: NewReader(policy.DefaultLimits()), Limits: policy.DefaultLimits(), Log: slog.New(slog.DiscardHandler)}
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		if in := i.Inspect(context.Background(), email.Envelope{}, body); len(problems(in.Parts)) > 0 || in.People.High > 0 {
			b.Fatalf("%+v", in)
		}
	}
}

func textAndTable() []byte {
	fill := []string{"お世話になっております。", "資料をお送りいたしますのでご確認ください。", "本件につきましては来週の打ち合わせで",
		"ご相談させていただければ幸いです。", "納期は三月末を予定しております。", "Please find the attached report. ",
		"The meeting is moved to 15:00 on Friday. ", "よろしくお願いいたします。\n"}
	rnd := rand.New(rand.NewPCG(7, 7))
	var text, table strings.Builder
	for text.Len() < 2500 {
		text.WriteString(fill[rnd.IntN(len(fill))])
	}
	table.WriteString("部署,件数,金額,備考\n")
	for table.Len() < 71000 {
		fmt.Fprintf(&table, "営業%d部,%d,%d,%s\n", 1+rnd.IntN(9), 1+rnd.IntN(999), 1+rnd.IntN(9999999), strings.TrimSpace(fill[rnd.IntN(len(fill))]))
	}
	lines := func(s string) string {
		var out strings.Builder
		for code := base64.StdEncoding.EncodeToString([]byte(s)); code != ""; {
			line := code[:min(76, len(code))]
			out.WriteString(line + "\n")
			code = code[len(line):]
		}
		return out.String()
	}
	return crlf("From: Taro <taro@sender.example>\nTo: hanako@partner.example\nSubject: =?UTF-8?B?6KaL56mN5pu444Gu6YCB5LuY?=\n" +
		"Date: Mon, 02 Feb 2026 10:00:00 +0900\nMessage-ID: <1@sender.example>\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"=_b7\"\n\n" +
		"--=_b7\nContent-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: base64\n\n" + lines(text.String()) +
		"--=_b7\nContent-Type: text/csv; charset=UTF-8\nContent-Disposition: attachment; filename=\"list.csv\"\nContent-Transfer-Encoding: base64\n\n" +
		lines(table.String()) + "--=_b7--\n")
}
