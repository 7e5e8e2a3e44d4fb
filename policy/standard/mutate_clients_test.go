package standard

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"strings"
	"unicode/utf16"

	"golang.org/x/net/idna"
)

// clientMutations are what mail clients see through, each in its own way: flowed text,
// boundaries that contain each other, structure in encoded words, names of hosts,
// characters by number, text in 16 and 32 bits, escapes of ISO-2022-JP, odd kinds of
// message.
func clientMutations() []mutation {
	return []mutation{
		{"let a body flow", flow},
		{"boundaries in each other", boundariesInEachOther},
		{"structure in encoded words", structureInWords},
		{"a name of a host", hostName},
		{"characters by number", byNumber},
		{"a body in wide characters", wideBody},
		{"break a uuencoded file", breakUU},
		{"escapes of ISO-2022-JP", escapes},
		{"first octets", firstOctets},
		{"another kind of message", otherMessage},
		{"odd addresses", oddAddresses},
		{"a name that says another type", nameOfType},
		{"quoted-printable in another habit", oddQP},
		{"octets between digits", betweenDigits},
	}
}

// flow breaks the lines of a body where clients join them again, and says so in some way.
func flow(r *rand.Rand, raw []byte) []byte {
	lines := split(raw)
	at := structureLines(lines)
	if len(at) == 0 {
		return nil
	}
	i := at[r.IntN(len(at))]
	params := oneOf(r, "format=flowed", "format=flowed; delsp=yes", "Format=\"Flowed\"; DelSp=\"Yes\"", "format*=us-ascii''flowed; delsp*=us-ascii''yes", "format=flowed; delsp=no; delsp=yes",
		"format=(c)flowed; delsp=yes", "delsp=yes", "format=fixed; format=flowed", "format*0=flo; format*1=wed; delsp=yes", "format=flowed ; delsp = yes")
	lines[i] = []byte("Content-Type: " + oneOf(r, "text/plain; charset=utf-8; ", "text/plain; ", "text/html; ", "text/x-plain; ", "TEXT/PLAIN; charset=iso-2022-jp; ") + params + "\r\n")
	quote := oneOf(r, "", "", ">", "> ", ">>", " ")
	end := oneOf(r, " \r\n", " \n", "  \r\n", "\r\n", " \r\n\r\n")
	return onRange(r, join(lines), func(body string) string {
		text := []rune(planted + "\n" + body)
		var out strings.Builder
		for len(text) > 0 {
			n := min(len(text), 1+r.IntN(20))
			out.WriteString(quote + string(text[:n]) + end)
			text = text[n:]
		}
		return out.String() + "\r\n"
	})
}

// boundariesInEachOther puts a multipart into a part, with a boundary that begins like
// the outer one or has letters that not everybody takes.
func boundariesInEachOther(r *rand.Rand, raw []byte) []byte {
	_, body, _ := strings.Cut(string(raw), "\r\n\r\n")
	ct := contentTypeOf(raw)
	outer := oneOf(r, "b", "b1", "a b", "=", "--", "b--", "b ", "'b'", "b:c", "b;c", "b=c", "b\"c", "b\\c", "個", strings.Repeat("b", 71), strings.Repeat("b", 200), "b\tc", "?", "b(c)", "%62")
	inner := outer + oneOf(r, "", "", "1", "-", "--", " ", "b", "\t", "=", "_inner")
	if r.IntN(3) == 0 {
		outer, inner = inner, outer
	}
	quoted := func(b string) string {
		switch r.IntN(6) {
		case 0:
			return "boundary=" + b
		case 1:
			return "boundary*0=\"" + b[:len(b)/2] + "\"; boundary*1=\"" + b[len(b)/2:] + "\""
		case 2:
			return "boundary*=utf-8''" + strings.ReplaceAll(b, " ", "%20")
		case 3:
			return "boundary=\"" + strings.NewReplacer("\\", "\\\\", "\"", "\\\"").Replace(b) + "\""
		}
		return "boundary=\"" + b + "\""
	}
	nl := "\r\n"
	part := ct + nl + body + nl
	mail := "From: a@example.co.jp" + nl + "MIME-Version: 1.0" + nl + "Content-Type: multipart/mixed; " + quoted(outer) + nl + nl +
		"--" + outer + nl + "Content-Type: multipart/alternative; " + quoted(inner) + nl + nl + "--" + inner + nl + part +
		oneOf(r, "", "--"+inner+nl+part) + oneOf(r, "--"+inner+"--"+nl, "", "--"+outer+nl+part) + oneOf(r, "--"+outer+nl+part, "--"+inner+nl+part, "") + oneOf(r, "--"+outer+"--"+nl, "")
	return []byte(mail)
}

// structureInWords writes the value of a structure field, or a part of it, as an encoded
// word or in a way that only looks like one.
func structureInWords(r *rand.Rand, raw []byte) []byte {
	return onField(r, raw, func(line string) string {
		name, value, ok := strings.Cut(strings.TrimRight(line, "\r\n"), ":")
		if !ok {
			return line
		}
		value = strings.TrimSpace(value)
		b := func(s string) string { return "=?utf-8?B?" + base64.StdEncoding.EncodeToString([]byte(s)) + "?=" }
		q := func(s string) string { return "=?us-ascii?Q?" + strings.ReplaceAll(s, " ", "_") + "?=" }
		first, rest, _ := strings.Cut(value, ";")
		switch r.IntN(7) {
		case 0:
			value = b(value)
		case 1:
			value = q(value)
		case 2:
			value = q(first) + ";" + rest
		case 3:
			value = first + "; " + q(strings.TrimSpace(rest))
		case 4:
			value = first + ";" + rest + "; filename==?utf-8?B?" + base64.StdEncoding.EncodeToString([]byte(planted+".txt")) + "?="
		case 5:
			value = first + ";" + rest + "; name=" + b(planted[:18]) + " " + b(planted[18:]+".html")
		case 6:
			name = q(name)
		}
		return name + ": " + value + "\r\n"
	})
}

// hostName writes words as the name of a host, of which clients show the characters.
func hostName(r *rand.Rand, raw []byte) []byte {
	host, err := idna.Punycode.ToASCII("個人番号一覧.example")
	if err != nil {
		return nil
	}
	value := oneOf(r, "a@"+host, "<a@"+host+">", "\"x\" <a@"+strings.ToUpper(host)+">", "g: a@"+host+", b@"+host+";", "a@"+host+" (x)", "a@x."+host, "xn--a@"+host+".", "mailto:a@"+host)
	return append([]byte(oneOf(r, "From", "To", "Reply-To", "Cc", "Subject")+": "+value+"\r\n"), raw...)
}

// byNumber writes the characters of one line by their numbers, as HTML does, wherever
// the line stands.
func byNumber(r *rand.Rand, raw []byte) []byte {
	form := oneOf(r, "&#%d;", "&#x%x;", "&#X%X;", "&#%d ", "&#0000%d;", "&amp;#%d;", "&#%d", "\\u%04x", "%%u%04X", "=26#%d;")
	var b strings.Builder
	for _, c := range planted {
		if c > ' ' {
			fmt.Fprintf(&b, form, c)
		} else {
			b.WriteRune(c)
		}
	}
	line := oneOf(r, "", "", "Subject: ", "Comments: ", "X: ", "<p title=\"", "<!-- ") + b.String() + oneOf(r, "", "</p>", "\">x</p>", " -->") + "\r\n"
	lines := split(raw)
	out := join(insert(lines, r.IntN(len(lines)+1), line))
	if r.IntN(2) == 0 {
		out = bytes.Replace(out, []byte("text/plain"), []byte("text/html"), 1)
	}
	return out
}

// wideBody writes a body in 16 or 32 bits, with a mark or without, encoded or not.
func wideBody(r *rand.Rand, raw []byte) []byte {
	kind, mark := r.IntN(4), r.IntN(3)
	wide := func(s string) []byte {
		var out []byte
		put := func(u uint32, size int, big bool) {
			for k := range size {
				shift := 8 * k
				if big {
					shift = 8 * (size - 1 - k)
				}
				out = append(out, byte(u>>shift))
			}
		}
		if mark == 0 {
			s = "\ufeff" + s
		}
		for _, c := range s {
			if kind >= 2 {
				put(uint32(c), 4, kind == 2)
				continue
			}
			for _, u := range utf16.Encode([]rune{c}) {
				put(uint32(u), 2, kind == 0)
			}
		}
		if mark == 1 {
			out = append([]byte(oneOf(r, "x", "\n", " ", "\x00")), out...)
		}
		return out
	}
	lines := split(raw)
	from, to := bodyRange(r, lines)
	if from == to || from < 2 {
		return nil
	}
	octets := wide(planted + "\r\n" + string(join(lines[from:to])))
	head := lines[:from-1]
	field, written := "", string(octets)
	switch r.IntN(3) {
	case 0:
		field, written = "Content-Transfer-Encoding: base64\r\n", foldedBase64(octets)
	case 1:
		var b strings.Builder
		for i, c := range octets {
			if fmt.Fprintf(&b, "=%02X", c); i%24 == 23 {
				b.WriteString("=\r\n")
			}
		}
		field, written = "Content-Transfer-Encoding: quoted-printable\r\n", b.String()+"\r\n"
	}
	if field != "" {
		head = insert(head, len(head)-r.IntN(2), field)
	}
	if r.IntN(2) == 0 {
		head = insert(head, len(head), "Content-Type: text/"+oneOf(r, "plain", "html", "csv")+"; charset="+oneOf(r, "utf-16", "utf-16le", "utf-16be", "utf-32", "utf-32le", "ucs-2", "utf-8", "unicode", "iso-10646-ucs-2", "us-ascii")+"\r\n")
	}
	return bytes.Join([][]byte{join(head), lines[from-1], []byte(written), join(lines[to:])}, nil)
}

// breakUU makes a body a uuencoded file with something wrong in it.
func breakUU(r *rand.Rand, raw []byte) []byte {
	return onRange(r, raw, func(body string) string {
		text := strings.ReplaceAll(uuencode(planted+"\r\n"+body), "\n", "\r\n")
		k := r.IntN(len(text) + 1)
		switch r.IntN(10) {
		case 0:
			text = strings.ReplaceAll(text, " ", "`")
		case 1:
			text = strings.Replace(text, "begin 644", oneOf(r, "begin 0644", "begin  644", "BEGIN 644", " begin 644", "begin", "begin 6", "begin 100644", ">begin 644", "begin\t644"), 1)
		case 2:
			text = strings.Replace(text, "end\r\n", "", 1)
		case 3:
			text = text[:k] + oneOf(r, "\r\n", " ", "\x00", "\r", "x", "\r\n\r\n", "\r\n> ") + text[k:]
		case 4:
			text = strings.ReplaceAll(text, "\r\n", "x\r\n")
		case 5:
			text = strings.ReplaceAll(text, " \r\n", "\r\n") // blanks at the ends are lost
		case 6:
			text = text[:k]
		case 7:
			text = strings.ReplaceAll(text, "\r\n", oneOf(r, "\r\n>", "\r\n ", "\r\r\n", "\n"))
		case 8:
			text += text
		}
		return text
	})
}

// escapes writes a body in ISO-2022-JP with escapes that are odd, lost or too many.
func escapes(r *rand.Rand, raw []byte) []byte {
	all := charsetWriters()
	jis := all[2].write
	lines := split(raw)
	if at := structureLines(lines); len(at) > 0 && r.IntN(2) == 0 {
		lines[at[r.IntN(len(at))]] = []byte("Content-Type: text/plain; charset=" + oneOf(r, "iso-2022-jp", "ISO-2022-JP", "us-ascii", "utf-8", "iso-2022-jp-2", "shift_jis", "iso-8859-1") + "\r\n")
	}
	return onRange(r, join(lines), func(body string) string {
		text := string(jis(planted + "\r\n" + body))
		in, out := "\x1b$B", "\x1b(B"
		switch r.IntN(10) {
		case 0:
			return strings.ReplaceAll(text, in, "\x1b$@")
		case 1:
			return strings.ReplaceAll(text, out, oneOf(r, "\x1b(J", "\x1b(I", "\x1b(H", "", "\x1b", "\x1b("))
		case 2:
			return strings.ReplaceAll(text, in, oneOf(r, "\x1b&@\x1b$B", "\x1b$(B", "\x1b$(@", "\x1b$", "$B", "\x1b\x1b$B", "\x9b$B", "\x1b $B"))
		case 3:
			return strings.ReplaceAll(text, out+in, "")
		case 4:
			k := r.IntN(len(text) + 1)
			return text[:k] + oneOf(r, in, out, "\x0e", "\x0f", "\x1b$(D", "\x1b$(C", "\x1b.A", "\x1bN", "\x1b%G", "\x1b%@", "\x80", "\xff", "\t", "\r\n") + text[k:]
		case 5:
			return strings.Replace(text, out, "", 1+r.IntN(3))
		case 6:
			return strings.ReplaceAll(text, "\x1b", oneOf(r, "", "^[", "=1B", "&#27;", "\\e", "%1B"))
		case 7:
			return strings.ReplaceAll(text, "\r\n", "\r\n"+in)
		case 8:
			return strings.ReplaceAll(text, in, in+in)
		}
		return text
	})
}

// firstOctets puts something in front of the mail.
func firstOctets(r *rand.Rand, raw []byte) []byte {
	return append([]byte(oneOf(r, "\ufeff", "\xff\xfe", "\r\n", "\n\n", " ", "\t", "\x00", "From a@b Thu Jan  1 00:00:00 2026\r\n", ">From a@b\r\n", "X\r\n", ".\r\n", ": x\r\n", "\x1b(B", "--\r\n", "HTTP/1.1 200 OK\r\n",
		"+OK\r\n", "\r", "\u200b", "\xc2\xa0", "Received: x\r\n\r\n", "Subject\r\n", "MIME-Version: 1.0\r\n\r\n", "Content-Type: text/html\r\n\r\n", "<html>\r\n", "\x85")), raw...)
}

// otherMessage makes the mail, or one of its parts, a message of another kind.
func otherMessage(r *rand.Rand, raw []byte) []byte {
	kind := oneOf(r, "message/http", "message/x-mail", "message/delivery-status", "message/disposition-notification", "message/feedback-report", "text/rfc822-headers", "text/rfc822", "message/sip", "message",
		"message/rfc822-headers", "multipart/report; report-type=delivery-status", "message/global-headers", "message/imdn+xml", "application/mbox", "application/x-mimearchive", "message/news", "multipart/x-mixed-replace", "multipart/header-set", "multipart/form-data", "multipart/byteranges")
	if r.IntN(2) == 0 {
		i := bytes.Index(lower(raw), []byte("content-type:"))
		if i < 0 {
			return nil
		}
		end := bytes.IndexAny(raw[i:], ";\r\n")
		if end < 0 {
			return nil
		}
		return bytes.Join([][]byte{raw[:i], []byte("Content-Type: " + kind), raw[i+end:]}, nil)
	}
	encoded, cte := string(raw), ""
	switch r.IntN(4) {
	case 0:
		encoded, cte = foldedBase64(raw), "Content-Transfer-Encoding: base64\r\n"
	case 1:
		encoded, cte = strings.ReplaceAll(qp(string(raw)), "\n", "\r\n"), "Content-Transfer-Encoding: quoted-printable\r\n"
	}
	return []byte("From: a@example.co.jp\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"om\"\r\n\r\n--om\r\nContent-Type: " + kind + "\r\n" + cte + "\r\n" + encoded + "\r\n--om--\r\n")
}

// oddAddresses writes people as address fields allow it and programs forgive it.
func oddAddresses(r *rand.Rand, raw []byte) []byte {
	name := planted[:len("個人番号一覧")]
	w := "=?utf-8?B?" + base64.StdEncoding.EncodeToString([]byte(planted)) + "?="
	value := oneOf(r, name+": a@example.com;", w+": a@example.com, "+w+" <b@example.com>;", "\""+w+"\" <a@example.com>", "'"+w+"' <a@example.com>", "<a@example.com> ("+w+")", "<"+w+">", w+"@example.com", "<@x,@y:a@example.com> "+w,
		"\\\""+name+"\\\" <a@example.com>", "\"a\\"+name+"\" <a@example.com>", name+" <a@example.com>, , ; "+name, "(((("+name+")))) a@example.com", "\""+name+" <a@example.com>", w+"<a@example.com"+">"+w, "a@example.com "+name, "undisclosed-recipients:;"+w,
		"=?utf-8?Q?"+strings.ReplaceAll(planted, " ", "=2C")+"?= <a@example.com>", "=?utf-8?Q?=3Ca@x=3E_"+name+"?=", "a@[127.0.0.1] ("+name+")", "\""+planted+"\"@example.com", planted+"@example.com", "<"+planted+">")
	return append([]byte(oneOf(r, "From", "To", "Reply-To", "Cc", "Sender", "Bcc", "Disposition-Notification-To", "Delivered-To")+": "+value+"\r\n"), raw...)
}

// nameOfType gives a part the name of another kind of file.
func nameOfType(r *rand.Rand, raw []byte) []byte {
	name := "x." + oneOf(r, "html", "htm", "eml", "txt", "csv", "mht", "svg", "xml", "json", "rtf", "ics", "vcf", "mbox", "b64", "uue", "hqx", "p7m", "msg", "html ", "html.", "HTML", "eml.txt", "txt.eml", "js", "xhtml")
	kind := oneOf(r, "application/octet-stream", "text/plain", "text/html", "application/x-msdownload", "image/png", "text/calendar", "text/csv", "application/xhtml+xml", "text/xml", "image/svg+xml", "message/rfc822", "application/rtf", "text/rtf", "application/json")
	return onField(r, raw, func(line string) string {
		return oneOf(r, "Content-Disposition: attachment; filename=\""+name+"\"\r\n"+line, "Content-Type: "+kind+"; name=\""+name+"\"\r\n", "Content-Type: "+kind+"\r\n", "Content-Disposition: inline; filename="+name+"\r\nContent-Type: "+kind+"; charset=utf-8\r\n")
	})
}

// oddQP writes a body in quoted-printable as programs write it that got it wrong.
func oddQP(r *rand.Rand, raw []byte) []byte {
	lines := split(raw)
	from, to := bodyRange(r, lines)
	if from == to || from < 2 {
		return nil
	}
	body := planted + "\r\n" + string(join(lines[from:to]))
	text := strings.ReplaceAll(qp(body), "\n", "\r\n")
	switch r.IntN(10) {
	case 0:
		text = strings.ToLower(text)
	case 1:
		text = strings.ReplaceAll(text, "=", "=3D")
	case 2:
		text = strings.ReplaceAll(text, "=20", oneOf(r, "_", " ", "=\r\n "))
	case 3:
		text = strings.ReplaceAll(text, "=\r\n", oneOf(r, "=", "\r\n", "=\r\n\r\n", "= =\r\n", "=20\r\n", "==\r\n", "\r\n=\r\n"))
	case 4:
		text = strings.ReplaceAll(text, "=0D=0A", oneOf(r, "\r\n", "=0A", "=0D", "=0D=\r\n=0A"))
	case 5:
		text = strings.ReplaceAll(text, "=E", oneOf(r, "=e", "= E", "=\r\nE", "=_E", "%E", "==E"))
	case 6:
		text = "=\r\n=\r\n" + strings.ReplaceAll(text, "\r\n", "\r\n=\r\n")
	case 7:
		text = strings.ReplaceAll(text, "=", oneOf(r, "＝", "\\x", "%", ":"))
	case 8:
		text = strings.TrimRight(text, "\r\n") + oneOf(r, "=", "=\r\n", "=E", "=E5=", "=\r")
	}
	head := insert(lines[:from-1], max(0, from-1-r.IntN(2)), "Content-Transfer-Encoding: "+oneOf(r, "quoted-printable", "Quoted-Printable", "quoted-printable ", "quoted-printable;", "7bit", "8bit")+"\r\n")
	return bytes.Join([][]byte{join(head), lines[from-1], []byte(text), join(lines[to:])}, nil)
}

// betweenDigits puts octets between the digits of one number that not every charset knows
// or shows.
func betweenDigits(r *rand.Rand, raw []byte) []byte {
	var at []int
	for i := 1; i < len(raw); i++ {
		if raw[i] >= '0' && raw[i] <= '9' && (raw[i-1] >= '0' && raw[i-1] <= '9' || raw[i-1] == ' ') {
			at = append(at, i)
		}
	}
	if len(at) == 0 {
		return nil
	}
	c := oneOf(r, "\x80", "\x85", "\x85 ", "\xa0", "\xad", "\xff", "\xfe\xff", "\xc2", "\xe2\x80", "\ufffd", "\u200b", "\u2060", "\ufeff", "\u00ad", "\u3000", "\u2003", "\u202f", "\x1b(B", "\x00", "\x7f", "\u0085", "\x81\x40", "\xa1\xa1", "=\r\n", "<b></b>", "&nbsp;", "&#8203;", "<!-- -->", "\u061c", "\u034f", "\ue000", "\U000e0020")
	n := 1 + r.IntN(min(3, len(at)))
	start := r.IntN(len(at) - n + 1)
	for k := n - 1; k >= 0; k-- {
		i := at[start+k]
		raw = bytes.Join([][]byte{raw[:i], []byte(c), raw[i:]}, nil)
	}
	return raw
}
