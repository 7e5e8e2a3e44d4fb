package standard

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// oddMutations are what badly made programs and people who mean it write: line ends
// and encodings that change inside one mail, encodings in encodings, pieces of
// parameters in any order.
func oddMutations() []mutation {
	return []mutation{
		{"mix line ends", mixLineEnds},
		{"one line of all", oneLine},
		{"encode a body anew", encodeBody},
		{"encode a body twice", encodeTwice},
		{"break soft lines anywhere", softBreaks},
		{"cut a code", cutCode},
		{"spread NULs and controls", spread},
		{"pieces of a parameter", piecesOfParameter},
		{"odd charset parameter", oddCharset},
		{"delimiters that begin alike", alikeDelimiters},
		{"blank lines around a header", blanksAround},
		{"fields of a part at random", randomFields},
		{"fold everything", foldAll},
		{"shift a body into UTF-7", shiftBody},
		{"plant text into a body of another kind", plantBody},
	}
}

// bodyRange is a run of lines between a blank line and the next delimiter or the end.
func bodyRange(r *rand.Rand, lines [][]byte) (from, to int) {
	var starts []int
	for i, l := range lines {
		if len(bytes.TrimSpace(l)) == 0 && i+1 < len(lines) {
			starts = append(starts, i+1)
		}
	}
	if len(starts) == 0 {
		return 0, 0
	}
	from = starts[r.IntN(len(starts))]
	for to = from; to < len(lines) && !bytes.HasPrefix(lines[to], []byte("--")); to++ {
	}
	return from, to
}

// onRange runs change on the text of one body.
func onRange(r *rand.Rand, raw []byte, change func(body string) string) []byte {
	lines := split(raw)
	from, to := bodyRange(r, lines)
	if from == to {
		return nil
	}
	body := change(string(join(lines[from:to])))
	return slices.Concat(join(lines[:from]), []byte(body), join(lines[to:]))
}

func mixLineEnds(r *rand.Rand, raw []byte) []byte {
	lines := split(raw)
	for i, l := range lines {
		if r.IntN(3) == 0 {
			lines[i] = append(bytes.TrimRight(l, "\r\n"), oneOf(r, "\n", "\r", "\r\r\n", "\n\r", "\r\n\r", "\x0b", "\x0c\r\n", "\u2028", "\x85\r\n")...)
		}
	}
	return join(lines)
}

func oneLine(r *rand.Rand, raw []byte) []byte {
	return onRange(r, raw, func(body string) string {
		glue := oneOf(r, "", " ", "\r", "\t", strings.Repeat("x", 1000), strings.Repeat(" ", 1200))
		return strings.ReplaceAll(body, "\r\n", glue) + "\r\n"
	})
}

// oddBase64 writes base64 as nobody should.
func oddBase64(r *rand.Rand, data []byte) string {
	encoded := base64.StdEncoding.EncodeToString(data)
	width := 1 + r.IntN(90)
	kind := r.IntN(12)
	if kind == 0 { // blocks padded each by itself
		var out strings.Builder
		for len(data) > 0 {
			n := min(len(data), 1+r.IntN(50))
			out.WriteString(base64.StdEncoding.EncodeToString(data[:n]) + oneOf(r, "", "\r\n", " "))
			data = data[n:]
		}
		return out.String() + "\r\n"
	}
	if kind == 1 {
		encoded = base64.URLEncoding.EncodeToString(data)
	}
	var out strings.Builder
	for len(encoded) > 0 {
		n := min(len(encoded), width)
		out.WriteString(encoded[:n])
		encoded = encoded[n:]
		switch kind {
		case 2:
			out.WriteString(oneOf(r, " ", "\t", "\r\n", "\r\n\r\n", "\n", "\r"))
		case 3:
			out.WriteString(oneOf(r, "", "!", "\x00", "-", "=", "(x)", "é", "*\r\n", "\r\n", "\r\n#\r\n", "\r\n>\r\n"))
		case 4:
			out.WriteString("=\r\n")
		case 5:
			out.WriteString("\r\n" + oneOf(r, "", "", "X-Note: more text", "footer of a list, with words", "A", "=", "--", "個人情報") + "\r\n")
		case 6:
			out.WriteString(" \r\n ")
		default:
			out.WriteString("\r\n")
		}
	}
	text := out.String()
	switch kind {
	case 7:
		text = oneOf(r, "A", "=", "==", "!", "\r\n\r\n", "-", "base64:", "data:;base64,", " ", ">") + text
	case 8:
		text = strings.TrimRight(text, "=\r\n") + oneOf(r, "", "\r\n", "A\r\n", "====\r\n")
	case 9:
		text = strings.ReplaceAll(text, "=", oneOf(r, "=3D", "%3D", "-", ""))
	}
	return text + "\r\n"
}

// encodeBody encodes one body and says so or not.
func encodeBody(r *rand.Rand, raw []byte) []byte {
	lines := split(raw)
	from, to := bodyRange(r, lines)
	if from == to || from < 2 {
		return nil
	}
	body := join(lines[from:to])
	name, text := "base64", oddBase64(r, body)
	if r.IntN(3) == 0 {
		name, text = "quoted-printable", strings.ReplaceAll(qp(string(body)), "\n", "\r\n")
	}
	head := lines[:from-1]
	if r.IntN(4) > 0 {
		field := "Content-Transfer-Encoding: " + oneOf(r, name, name, strings.ToUpper(name), name+" ", "("+name+") "+name, name+"; charset=utf-8", "7bit") + "\r\n"
		head = insert(head, len(head)-r.IntN(2), field)
	}
	return slices.Concat(join(head), lines[from-1], []byte(text), join(lines[to:]))
}

func encodeTwice(r *rand.Rand, raw []byte) []byte {
	return onRange(r, raw, func(body string) string {
		for range 1 + r.IntN(2) {
			switch r.IntN(4) {
			case 0:
				body = foldedBase64([]byte(body))
			case 1:
				body = strings.ReplaceAll(qp(body), "\n", "\r\n")
			case 2:
				body = oddBase64(r, []byte(body))
			case 3:
				body = "Content-Transfer-Encoding: base64\r\n\r\n" + foldedBase64([]byte(body))
			}
		}
		return body
	})
}

func softBreaks(r *rand.Rand, raw []byte) []byte {
	return onRange(r, raw, func(body string) string {
		if !strings.Contains(body, "=") || r.IntN(3) == 0 {
			body = qp(body)
		}
		soft := oneOf(r, "=\r\n", "=\n", "= \r\n", "=\r", "=\t\n", "=\r\n\r\n", "=\r\n ", "==\r\n", "=20=\r\n", "=\x00\r\n")
		var out strings.Builder
		for len(body) > 0 {
			n := min(len(body), 1+r.IntN(40))
			out.WriteString(body[:n] + soft)
			body = body[n:]
		}
		return out.String() + "\r\n"
	})
}

// cutCode takes octets out of the middle of what is encoded.
func cutCode(r *rand.Rand, raw []byte) []byte {
	return onRange(r, raw, func(body string) string {
		at := r.IntN(len(body) + 1)
		n := min(len(body)-at, 1+r.IntN(3))
		switch r.IntN(3) {
		case 0:
			return body[:at] + body[at+n:]
		case 1:
			return body[:at] + "\r\n"
		}
		return body[at:]
	})
}

func spread(r *rand.Rand, raw []byte) []byte {
	c := oneOf(r, "\x00", "\x00", "\x1b", "\x0f", "\x7f", "\x08", "\u200b", "\u00ad", "\x1b(B", "\xa0", "\x80")
	every := 1 + r.IntN(60)
	return onRange(r, raw, func(body string) string {
		var out strings.Builder
		for i := range len(body) {
			out.WriteByte(body[i])
			if i%every == every-1 {
				out.WriteString(c)
			}
		}
		return out.String()
	})
}

// piecesOfParameter gives a part a name, or its own charset or boundary, in sections of
// RFC 2231 in any order, some of them twice or missing.
func piecesOfParameter(r *rand.Rand, raw []byte) []byte {
	all := charsetWriters()
	w := all[r.IntN(len(all))]
	if r.IntN(2) == 0 {
		w.label, w.write = "utf-8", func(s string) []byte { return []byte(s) }
	}
	text := w.write(planted + ".txt")
	name := oneOf(r, "filename", "name", "filename", "title", "charset", "boundary")
	var list []string
	for n := 0; len(text) > 0; n++ {
		size := min(len(text), 1+r.IntN(24))
		var b strings.Builder
		escaped := r.IntN(4) > 0
		for _, c := range text[:size] {
			if escaped {
				fmt.Fprintf(&b, "%%%02X", c)
			} else {
				b.WriteByte(c)
			}
		}
		text = text[size:]
		mark, head := "", ""
		if escaped {
			mark = "*"
		}
		if n == 0 && escaped {
			head = w.label + oneOf(r, "''", "'ja'", "'", "")
		}
		list = append(list, fmt.Sprintf("%s*%d%s=%s", name, n, mark, oneOf(r, head+b.String(), "\""+head+b.String()+"\"")))
	}
	switch r.IntN(6) {
	case 0:
		r.Shuffle(len(list), func(i, k int) { list[i], list[k] = list[k], list[i] })
	case 1:
		list = append(list, list[r.IntN(len(list))])
	case 2:
		k := r.IntN(len(list))
		list = append(list[:k], list[k+1:]...)
	case 3:
		list = append([]string{name + "=plain"}, list...)
	}
	value := strings.Join(list, oneOf(r, "; ", ";", ";\r\n ", ";\r\n\t", "; (c) ", ";;"))
	lines := split(raw)
	at := structureLines(lines)
	if len(at) == 0 {
		return nil
	}
	field := oneOf(r, "Content-Disposition: attachment; ", "Content-Type: application/octet-stream; ", "Content-Type: text/plain; ", "Content-Disposition: inline; ")
	return join(insert(lines, at[r.IntN(len(at))], field+value+"\r\n"))
}

func oddCharset(r *rand.Rand, raw []byte) []byte {
	i := bytes.Index(lower(raw), []byte("charset="))
	if i < 0 {
		return nil
	}
	end := i + max(len("charset="), bytes.IndexAny(raw[i:], "\r\n"))
	l := oneOf(r, "utf-8", "shift_jis", "iso-2022-jp", "euc-jp", "utf-7", "utf-16", "utf-16be", "gb18030", "latin1", "us-ascii")
	text := oneOf(r, "charset=%s; charset=utf-8", "charset==%s", "charset=\"%s", "charset*=us-ascii'en'%s", "charset*0=%s", "charset=(c)%s(d)", "charset=\"%s\"; x=\"", "charset=%s charset=x", "charset\r\n =%s", "CHARSET = %s", "charset=;charset=%s", "charset=\"=?us-ascii?Q?%s?=\"", "charset=%%%s", "chars\x00et=%s", "charset:%s", "charset=<%s>", "charset=%s,utf-8")
	return slices.Concat(raw[:i], fmt.Appendf(nil, text, l), raw[end:])
}

// alikeDelimiters puts lines into a body that begin like its delimiters.
func alikeDelimiters(r *rand.Rand, raw []byte) []byte {
	at := bytes.Index(raw, []byte("\n--"))
	if at < 0 {
		return nil
	}
	first, _, _ := bytes.Cut(raw[at+3:], []byte("\n"))
	b := string(bytes.TrimRight(first, "\r-"))
	lines := split(raw)
	for range 1 + r.IntN(3) {
		line := oneOf(r, "--"+b+"x", "--"+b+" x", "--"+b+"-", "--"+b+"--x", "--"+b+"-- x", " --"+b, "--"+b+"\x00", "--"+b[:len(b)/2], "-- "+b, "--"+strings.ToUpper(b), "--"+b+"\x0b", "--\""+b+"\"", "---"+b, ">--"+b, "--"+b+"\u00a0", "--"+b+" \t ")
		if r.IntN(2) == 0 {
			line += "\r\n" + oneOf(r, "", "Content-Type: text/html\r\n", "Content-Type: text/plain; charset=shift_jis\r\n", "Content-Transfer-Encoding: base64\r\n", " \r\n", "Content-Type: message/rfc822\r\n")
		}
		lines = insert(lines, r.IntN(len(lines)+1), line+"\r\n")
	}
	return join(lines)
}

func blanksAround(r *rand.Rand, raw []byte) []byte {
	lines := split(raw)
	at := structureLines(lines)
	if len(at) == 0 {
		return nil
	}
	for range 1 + r.IntN(2) {
		lines = insert(lines, at[r.IntN(len(at))], oneOf(r, " \r\n", "\t\r\n", " \t \r\n", "\x00\r\n", "\u3000\r\n", "\u00a0\r\n", "\x0b\r\n", "\r\n \r\n", " \n", "\t\r", "\x1a\r\n", "\ufeff\r\n", ".\r\n"))
	}
	return join(lines)
}

// randomFields puts up to four structure fields that contradict each other in front of
// or behind those of a part.
func randomFields(r *rand.Rand, raw []byte) []byte {
	lines := split(raw)
	at := structureLines(lines)
	if len(at) == 0 {
		return nil
	}
	i := at[r.IntN(len(at))]
	for range 1 + r.IntN(4) {
		name := oneOf(r, "Content-Type", "Content-Transfer-Encoding", "Content-Disposition", "content-type ", "Content-Type:", "CONTENT-TRANSFER-ENCODING", "X-Content-Type", "Content-Encoding", "Content-Base")
		value := oneOf(r, "text/plain; charset=iso-2022-jp", "text/html", "base64", "quoted-printable", "8bit", "binary", "8bit binary", "(base64)", "base64 (binary)", "x-foo", "multipart/mixed; boundary=\"b1\"", "message/rfc822", "attachment; filename=\"a.csv\"", "inline", "", "gzip", "application/octet-stream; name=a.html")
		lines = insert(lines, i+r.IntN(2), name+": "+value+"\r\n")
	}
	return join(lines)
}

func foldAll(r *rand.Rand, raw []byte) []byte {
	fold := oneOf(r, "\r\n ", "\r\n\t", "\n ", "\r\n \t", " \r\n ", "\r\n \r\n ", "\r ")
	lines := split(raw)
	for i, l := range lines {
		if len(bytes.TrimSpace(l)) == 0 {
			break
		}
		if r.IntN(2) == 0 {
			lines[i] = bytes.ReplaceAll(l, []byte(oneOf(r, " ", ";", "?", "=")), []byte(fold))
		}
	}
	return join(lines)
}

func shiftBody(r *rand.Rand, raw []byte) []byte {
	return onRange(r, raw, func(body string) string {
		text := string(utf7Bytes(body))
		switch r.IntN(5) {
		case 0:
			return strings.ReplaceAll(text, "-", "")
		case 1:
			return strings.ReplaceAll(text, "/", ",")
		case 2:
			k := r.IntN(len(text) + 1)
			return text[:k] + oneOf(r, "+", "-", "=", "\r\n", " ", "+-", "\x00") + text[k:]
		}
		return text
	})
}

// plantBody puts text in some charset and encoding in front of, into or behind a body.
func plantBody(r *rand.Rand, raw []byte) []byte {
	all := charsetWriters()
	w := all[r.IntN(len(all))]
	text := w.write(planted + "\r\n")
	written := string(text)
	switch r.IntN(7) {
	case 0:
		written = oddBase64(r, text)
	case 1:
		written = foldedBase64(text)
	case 2:
		var b strings.Builder
		for _, c := range text {
			fmt.Fprintf(&b, oneOf(r, "=%02X", "=%02x"), c)
		}
		written = b.String() + "\r\n"
	case 3:
		var b strings.Builder
		for _, c := range planted {
			fmt.Fprintf(&b, "&#%d;", c)
		}
		written = "<p>" + b.String() + "</p>\r\n"
	case 4:
		written = "--b1\r\nContent-Type: text/plain; charset=" + w.label + "\r\nContent-Transfer-Encoding: base64\r\n\r\n" + foldedBase64(text) + "--b1--\r\n"
	}
	return onRange(r, raw, func(body string) string {
		at := r.IntN(len(body) + 1)
		at += strings.IndexByte(body[at:], '\n') + 1
		if r.IntN(3) == 0 {
			at = len(body)
		}
		return body[:at] + written + body[at:]
	})
}
