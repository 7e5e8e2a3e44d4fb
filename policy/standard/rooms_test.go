package standard

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
)

// roomMails are mails that fill the memory which is used again in different ways: many
// fields, many parts, tables, names, long labels, mails that are given up half way.
func roomMails() map[string][]byte {
	head := func(n int, more string) string {
		return fmt.Sprintf("From: =?utf-8?B?55Sw5Lit?= <a%d@example.co.jp>\nTo: b%d@example.com\nSubject: No. %d\nMessage-ID: <%d@example.co.jp>\n"+
			"MIME-Version: 1.0\n%s", n, n, n, n, more)
	}
	text := "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
	var fields, parts, table, people strings.Builder
	for i := range 200 {
		fmt.Fprintf(&fields, "X-Field-%d: value=%d; charset=c%d\n", i, i, i)
		fmt.Fprintf(&people, "%s %s 03-%04d-%04d p%d@example.net\n", []string{"田中", "鈴木", "佐藤", "高橋"}[i%4], []string{"太郎", "花子", "一郎"}[i%3], 3000+i, 1000+7*i, i)
		fmt.Fprintf(&table, "%d,%s %s,1980/%d/%d,090-%04d-%04d,在庫の確認はできています%d\n", i, []string{"山本", "中村", "小林"}[i%3], []string{"翔太", "美咲"}[i%2], 1+i%12, 1+i%28, 1000+i, 2000+i, i%7)
	}
	for i := range 40 {
		fmt.Fprintf(&parts, "--b\nContent-Type: text/plain; name=\"part%d.txt\"\nContent-Disposition: attachment; filename=\"part%d.txt\"\n\n個人番号 1234 5678 9018 of %d\n", i, i, i)
	}
	csv := "No,氏名,生年月日,電話,備考\n" + table.String()
	of := map[string]string{
		"short":     head(1, text) + "お世話になっております。\n",
		"number":    head(2, text) + number + "\n",
		"fields":    head(3, fields.String()+text) + "マイナンバーはありません。\n",
		"parts":     head(4, "Content-Type: multipart/mixed; boundary=b\n\n") + parts.String() + "--b--\n",
		"people":    head(5, text) + people.String(),
		"table":     head(6, "Content-Type: text/csv; charset=utf-8; name=list.csv\nContent-Transfer-Encoding: base64\n\n") + b64([]byte(csv)),
		"pasted":    head(7, text) + "名簿です。\n\n" + csv,
		"large":     head(8, text) + strings.Repeat("資料をお送りします。\n", 4000) + csv,
		"page":      head(9, "Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n") + qp("<p>"+number+"</p>"),
		"in pieces": head(10, text) + "姓,名,番号\n" + strings.Repeat("田,中,12\n", 300),
		"half":      head(11, "Content-Type: multipart/mixed; boundary=b\n\n") + "--b\n\n" + people.String(),
		"junk":      head(12, "Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n") + b64([]byte(csv))[:3000] + "!!\n",
		"japanese":  head(13, "Content-Type: text/plain; charset=iso-2022-jp\n\n") + "\x1b$BEDCf\x1b(B 1234 5678 9018\n",
	}
	mails := map[string][]byte{}
	for name, raw := range of {
		mails[name] = crlf(raw)
	}
	return mails
}

// told is all that an inspection says, with the keys of findings, which are hashes of one
// Detector, as numbers.
func told(in policy.Inspection) string {
	in.Findings = append([]policy.Finding(nil), in.Findings...)
	first := map[string]string{"": ""}
	for i := range in.Findings {
		k := in.Findings[i].Key
		if _, known := first[k]; !known {
			first[k] = fmt.Sprint(len(first))
		}
		in.Findings[i].Key = first[k]
	}
	out, err := json.Marshal(in)
	if err != nil {
		return err.Error()
	}
	return string(out)
}

// TestMailsShareNothing reads mails in turns and at once in memory that is used again, some of them not to the end: each
// tells what it tells alone, and goes on to when others lie where it lay.
func TestMailsShareNothing(t *testing.T) {
	mails := roomMails()
	inspector := func() *Inspector {
		return &Inspector{Reader: NewReader(policy.DefaultLimits()), Limits: policy.DefaultLimits(), Log: slog.New(slog.DiscardHandler)}
	}
	read := func(i *Inspector, raw []byte) (policy.Inspection, bool) {
		return i.here(t.Context(), Job{Mail: true, Most: mostInMail}, email.BytesBody(bytes.Clone(raw)))
	}
	alone, kept := map[string]string{}, map[string]bool{}
	for name, raw := range mails {
		var in policy.Inspection
		in, kept[name] = read(inspector(), raw)
		alone[name] = told(in)
	}
	if !kept["table"] || !kept["large"] || kept["half"] || kept["junk"] {
		t.Fatalf("read here: %v", kept)
	}
	shared := inspector()
	over, cancel := context.WithCancel(t.Context())
	cancel() // as when the time of a mail is up
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			before := map[string]policy.Inspection{}
			for range 3 {
				for name, raw := range mails { // in any order
					shared.here(over, Job{Mail: true}, email.BytesBody(bytes.Clone(raw)))
					in, ok := read(shared, raw)
					if got := told(in); ok != kept[name] || got != alone[name] {
						t.Errorf("%s: %v\n%s\nalone %v\n%s", name, ok, got, kept[name], alone[name])
						return
					}
					before[name] = in
				}
			}
			for name, in := range before {
				if got := told(in); got != alone[name] {
					t.Errorf("%s, after others:\n%s\nat first\n%s", name, got, alone[name])
				}
			}
		})
	}
	all.Wait()
}
