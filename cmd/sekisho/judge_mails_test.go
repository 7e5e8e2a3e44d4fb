package main

import (
	"bytes"
	"crypto/sha512"
	"encoding/base64"
	"fmt"
	"mime/quotedprintable"
	"strings"
)

// officeMails are clean mails of 2 to 8 KB as offices send them: names in kanji, trace
// and signature fields of Outlook and Gmail, text with HTML beside it, quoted replies
// and signatures with a telephone number. No two are alike.
func officeMails(n int) []benchMail {
	var out []benchMail
	for i := range n {
		from := fmt.Sprintf("%s.%s@sender.example", familyNames[i%5].roman, givenNames[i%7].roman)
		to := fmt.Sprintf("%s%d@partner%d.example", familyNames[i/5%5].roman, i%300, i%50)
		text := officeText(i)
		var raw bytes.Buffer
		switch i % 3 {
		case 0:
			outlookMail(&raw, i, from, to, text)
		case 1:
			gmailMail(&raw, i, from, to, text)
		case 2:
			flowedMail(&raw, i, from, to, text)
		}
		out = append(out, newBenchMail(from, to, raw.Bytes()))
	}
	return out
}

type spelt struct{ kanji, roman string }

var (
	familyNames = []spelt{{"佐藤", "sato"}, {"田中", "tanaka"}, {"中村", "nakamura"}, {"小林", "kobayashi"}, {"渡辺", "watanabe"}}
	givenNames  = []spelt{{"太郎", "taro"}, {"花子", "hanako"}, {"健一", "kenichi"}, {"美咲", "misaki"}, {"翔太", "shota"}, {"由美", "yumi"}, {"大輔", "daisuke"}}
	sentences   = []string{"資料をお送りいたしますのでご確認ください。", "本件につきましては来週の打ち合わせでご相談させていただければ幸いです。",
		"納期は三月末を予定しております。", "先日はお忙しい中お時間をいただき、誠にありがとうございました。", "ご不明な点がございましたらお気軽にお問い合わせください。",
		"Please find the attached report. ", "The meeting is moved to 15:00 on Friday. ", "見積金額は税込 1,234,000 円となります。", "会議室は 3 階の B をご利用ください。"}
)

// officeText is a letter with a signature, and in every second one the letter that it answers.
func officeText(i int) string {
	var b strings.Builder
	sender, receiver := familyNames[i%5].kanji, familyNames[i/5%5].kanji
	fmt.Fprintf(&b, "株式会社パートナー%d\r\n%s様\r\n\r\nいつもお世話になっております。\r\n%sです。\r\n\r\n", i%50, receiver, sender)
	for k := range 6 + i%7 {
		b.WriteString(sentences[(i*5+k*k+k)%len(sentences)])
		if k%2 == 1 {
			b.WriteString("\r\n")
		}
	}
	fmt.Fprintf(&b, "\r\n以上、よろしくお願いいたします。\r\n\r\n-- \r\n株式会社センダー 第%d営業部\r\n%s %s\r\nTEL: 03-0000-%04d\r\nhttps://www.sender.example/\r\n",
		1+i%9, sender, givenNames[i%7].kanji, i%10000)
	if i%2 == 1 {
		fmt.Fprintf(&b, "\r\n2026年2月%d日(月) 10:%02d %s:\r\n", 1+i%28, i%60, receiver)
		for k := range 5 + i%5 {
			b.WriteString("> " + sentences[(i*3+k*2)%len(sentences)] + "\r\n")
		}
	}
	return b.String()
}

func officeHTML(text string) string {
	var b strings.Builder
	b.WriteString("<html><head><meta http-equiv=\"Content-Type\" content=\"text/html; charset=utf-8\">\r\n<style>p {margin:0; font-family:\"Yu Gothic\",sans-serif}</style></head><body>\r\n")
	for line := range strings.SplitSeq(text, "\r\n") {
		b.WriteString("<p>" + strings.ReplaceAll(line, ">", "&gt;") + "<br></p>\r\n")
	}
	b.WriteString("</body></html>\r\n")
	return b.String()
}

func encodedWord(s string) string {
	return "=?UTF-8?B?" + base64.StdEncoding.EncodeToString([]byte(s)) + "?="
}

func base64Lines(s string) string {
	var b strings.Builder
	for code := base64.StdEncoding.EncodeToString([]byte(s)); code != ""; {
		line := code[:min(76, len(code))]
		b.WriteString(line + "\r\n")
		code = code[len(line):]
	}
	return b.String()
}

func dkimSignature(i int) string {
	sum := sha512.Sum512(fmt.Append(nil, i))
	hash := base64.StdEncoding.EncodeToString(sum[:32])
	mark := base64.StdEncoding.EncodeToString(bytes.Repeat(sum[:], 4))
	return "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=sender.example; s=s2026;\r\n h=from:to:subject:date:message-id:mime-version;\r\n bh=" +
		hash + ";\r\n b=" + mark[:70] + "\r\n " + mark[70:140] + "\r\n " + mark[140:] + "\r\n"
}

func outlookMail(w *bytes.Buffer, i int, from, to, text string) {
	fmt.Fprintf(w, "Received: from TYAP%04d.apcprd01.prod.example (2001:db8::%x) by OSAP%04d.apcprd01.prod.example\r\n with HTTPS; Mon, 2 Feb 2026 01:00:%02d +0000\r\n%s", i, i, i+1, i%60, dkimSignature(i))
	fmt.Fprintf(w, "From: %s <%s>\r\nTo: %s <%s>\r\nSubject: %s\r\nThread-Topic: %s\r\nThread-Index: AdtV%sw==\r\nDate: Mon, 2 Feb 2026 01:00:%02d +0000\r\n",
		encodedWord(familyNames[i%5].kanji+" "+givenNames[i%7].kanji), from, encodedWord(familyNames[i/5%5].kanji+"様"), to,
		encodedWord(fmt.Sprintf("RE: 見積書の送付 %d", i)), encodedWord(fmt.Sprintf("見積書の送付 %d", i)), base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "%015d", i)), i%60)
	fmt.Fprintf(w, "Message-ID: <TYAPR01MB%04d@apcprd01.prod.example>\r\nReferences: <OSA%d@partner.example>\r\nIn-Reply-To: <OSA%d@partner.example>\r\nAccept-Language: ja-JP, en-US\r\nContent-Language: ja-JP\r\n"+
		"X-MS-Has-Attach:\r\nX-MS-TNEF-Correlator:\r\nX-MS-Exchange-Organization-SCL: -1\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative;\r\n\tboundary=\"_000_TYAPR01MB%04d_\"\r\n\r\n", i, i, i, i)
	fmt.Fprintf(w, "--_000_TYAPR01MB%04d_\r\nContent-Type: text/plain; charset=\"utf-8\"\r\nContent-Transfer-Encoding: base64\r\n\r\n%s\r\n"+
		"--_000_TYAPR01MB%04d_\r\nContent-Type: text/html; charset=\"utf-8\"\r\nContent-Transfer-Encoding: base64\r\n\r\n%s\r\n--_000_TYAPR01MB%04d_--\r\n",
		i, base64Lines(text), i, base64Lines(officeHTML(text)), i)
}

func gmailMail(w *bytes.Buffer, i int, from, to, text string) {
	fmt.Fprintf(w, "Received: by mail-pj1-f%d.google.example with SMTP id 98e67ed59e1d1-30a%06dso1.2\r\n        for <%s>; Sun, 01 Feb 2026 17:00:%02d -0800 (PST)\r\n%s", i%60, i, to, i%60, dkimSignature(i))
	sum := sha512.Sum512(fmt.Append(nil, i, "google"))
	hash := base64.StdEncoding.EncodeToString(sum[:32])
	fmt.Fprintf(w, "X-Google-DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;\r\n        d=1e100.example; s=20230601; t=17700%05d;\r\n        bh=%s\r\nX-Gm-Message-State: AOJu0Y%s\r\n",
		i, hash, strings.Repeat(hash[:30], 3))
	fmt.Fprintf(w, "MIME-Version: 1.0\r\nFrom: %s <%s>\r\nDate: Mon, 2 Feb 2026 10:00:%02d +0900\r\nMessage-ID: <CAK%08d@mail.sender.example>\r\nSubject: %s\r\nTo: %s\r\nContent-Type: multipart/alternative; boundary=\"000000000000%08x\"\r\n\r\n",
		encodedWord(familyNames[i%5].kanji+givenNames[i%7].kanji), from, i%60, i, encodedWord(fmt.Sprintf("来週の打ち合わせについて(%d)", i)), to, i)
	var html bytes.Buffer
	q := quotedprintable.NewWriter(&html)
	q.Write([]byte("<div dir=\"ltr\">" + strings.ReplaceAll(strings.ReplaceAll(text, ">", "&gt;"), "\r\n", "<br>\r\n") + "</div>\r\n"))
	q.Close()
	fmt.Fprintf(w, "--000000000000%08x\r\nContent-Type: text/plain; charset=\"UTF-8\"\r\nContent-Transfer-Encoding: base64\r\n\r\n%s\r\n"+
		"--000000000000%08x\r\nContent-Type: text/html; charset=\"UTF-8\"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n%s\r\n--000000000000%08x--\r\n",
		i, base64Lines(text), i, html.String(), i)
}

func flowedMail(w *bytes.Buffer, i int, from, to, text string) {
	fmt.Fprintf(w, "Message-ID: <%08x-2f3a-4c1b-9d8e-%012x@sender.example>\r\nDate: Mon, 2 Feb 2026 10:00:%02d +0900\r\nMIME-Version: 1.0\r\nUser-Agent: Mozilla Thunderbird\r\n"+
		"Subject: %s\r\nContent-Language: ja\r\nTo: %s <%s>\r\nReferences: <CAK%08d@mail.partner.example>\r\nFrom: %s <%s>\r\nIn-Reply-To: <CAK%08d@mail.partner.example>\r\n"+
		"Content-Type: text/plain; charset=UTF-8; format=flowed\r\nContent-Transfer-Encoding: 8bit\r\n\r\n%s",
		i, i*7, i%60, encodedWord(fmt.Sprintf("Re: 納期の件 %d", i)), encodedWord(familyNames[i/5%5].kanji), to, i,
		encodedWord(familyNames[i%5].kanji+" "+givenNames[i%7].kanji), from, i, text)
}
