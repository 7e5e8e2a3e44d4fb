package standard

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
)

// mutant changes a mail by the grammar of MIME: fields, parameters, encodings,
// delimiters, line ends and nesting, one to four changes at a time. Most of what
// comes out is a mail that some program still shows. SEKISHO_MUTATION asks for those only
// that have these words in their name.
func mutant(rnd *rand.Rand, raw []byte) ([]byte, string) {
	var names []string
	all := slices.DeleteFunc(slices.Concat(mutations(), wordMutations(), kindMutations(), oddMutations(), clientMutations(), peerMutations()),
		func(m mutation) bool { return !strings.Contains(m.name, os.Getenv("SEKISHO_MUTATION")) })
	for range 1 + rnd.IntN(4) {
		m := all[rnd.IntN(len(all))]
		if out := m.change(rnd, bytes.Clone(raw)); len(out) > 0 && len(out) < 1<<20 {
			raw = out
			names = append(names, m.name)
		}
	}
	return raw, strings.Join(names, ", ")
}

type mutation struct {
	name   string
	change func(*rand.Rand, []byte) []byte
}

func mutations() []mutation {
	return []mutation{
		{"change a field's value", changeValue},
		{"double a field", doubleField},
		{"spell a field's name otherwise", respell},
		{"put something into a header", intoHeader},
		{"change a parameter", changeParameter},
		{"change a delimiter", changeDelimiter},
		{"change an encoded body", changeEncoded},
		{"change line ends", changeLineEnds},
		{"wrap the mail", wrap},
		{"double, drop or move a line", changeLine},
		{"cut", func(r *rand.Rand, b []byte) []byte { return b[:len(b)-r.IntN(len(b)/4+1)] }},
	}
}

func oneOf(r *rand.Rand, s ...string) string { return s[r.IntN(len(s))] }

// structureLines gives the indexes of the lines that begin a MIME field.
func structureLines(lines [][]byte) []int {
	var out []int
	for i, l := range lines {
		if l := bytes.ToLower(l); bytes.HasPrefix(l, []byte("content-")) || bytes.HasPrefix(l, []byte("mime-version")) {
			out = append(out, i)
		}
	}
	return out
}

// lower is bytes.ToLower for letters of ASCII only, which keeps every octet in its place.
func lower(raw []byte) []byte {
	out := bytes.Clone(raw)
	for i, c := range out {
		if c >= 'A' && c <= 'Z' {
			out[i] = c | 0x20
		}
	}
	return out
}

func split(raw []byte) [][]byte { return bytes.SplitAfter(raw, []byte("\n")) }

func join(lines [][]byte) []byte { return bytes.Join(lines, nil) }

func insert(lines [][]byte, at int, line string) [][]byte {
	return append(lines[:at:at], append([][]byte{[]byte(line)}, lines[at:]...)...)
}

// onField runs change on one MIME field's first line.
func onField(r *rand.Rand, raw []byte, change func(line string) string) []byte {
	lines := split(raw)
	at := structureLines(lines)
	if len(at) == 0 {
		return nil
	}
	i := at[r.IntN(len(at))]
	lines[i] = []byte(change(string(lines[i])))
	return join(lines)
}

func changeValue(r *rand.Rand, raw []byte) []byte {
	return onField(r, raw, func(line string) string {
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			return line
		}
		switch strings.ToLower(name) {
		case "content-transfer-encoding":
			value = " " + oneOf(r, "7bit", "8bit", "binary", "base64", "BASE64 ", "base64;", "base-64", "\"base64\"", "base64 (x)", "(x) base64",
				"quoted-printable", "Quoted-Printable", "quoted_printable", "x-uuencode", "x-unknown", "", "base64, 7bit", "7bit base64", "\tbase64") + "\r\n"
		case "content-type":
			value = " " + oneOf(r, "text/plain", "text/html", "TEXT/HTML", "text", "application/octet-stream", "message/rfc822", "message/partial; id=1; number=1; total=1",
				"multipart/mixed", "multipart/mixed; boundary=x", "multipart/alternative; boundary=\"\"", "text/plain; charset=utf-16le", "image/png", "text / plain",
				"text/plain,text/html", "application/pkcs7-mime", "", "multipart/digest; boundary=x", "message/external-body", "text/enriched", "text/x-amp-html") + "\r\n"
		case "content-disposition":
			value = " " + oneOf(r, "inline", "attachment", "attachment; filename=a.txt", "inline; filename*=utf-8''%E5%80%8B%E4%BA%BA.csv", "x", "attachment; filename=a.html; filename=b.txt", "") + "\r\n"
		}
		return name + ":" + value
	})
}

func doubleField(r *rand.Rand, raw []byte) []byte {
	lines := split(raw)
	at := structureLines(lines)
	if len(at) == 0 {
		return nil
	}
	i := at[r.IntN(len(at))]
	added := oneOf(r, string(lines[i]), "Content-Type: text/plain\r\n", "Content-Type: text/html; charset=iso-2022-jp\r\n", "Content-Type: multipart/mixed; boundary=b\r\n",
		"Content-Transfer-Encoding: base64\r\n", "Content-Transfer-Encoding: 7bit\r\n", "Content-Transfer-Encoding: quoted-printable\r\n", "Content-Type: application/octet-stream\r\n")
	return join(insert(lines, i+r.IntN(2), added))
}

func respell(r *rand.Rand, raw []byte) []byte {
	return onField(r, raw, func(line string) string {
		name, value, _ := strings.Cut(line, ":")
		switch r.IntN(8) {
		case 0:
			return name + " :" + value
		case 1:
			return name + "\t:" + value
		case 2:
			return strings.ToUpper(name) + ":" + value
		case 3:
			return " " + line
		case 4:
			return name + ":\r\n " + strings.TrimLeft(value, " ")
		case 5:
			return name + value
		case 6:
			return strings.Replace(name, "-", oneOf(r, "_", " ", "--", "-\x00"), 1) + ":" + value
		}
		return name + ":" + strings.Replace(value, "; ", oneOf(r, ";\r\n\t", ";\r\n", ";;", " ;\r\n ", ";\n ", "; (c) ", ","), 1)
	})
}

func intoHeader(r *rand.Rand, raw []byte) []byte {
	lines := split(raw)
	at := structureLines(lines)
	if len(at) == 0 {
		return nil
	}
	line := oneOf(r, " \r\n", "\t\r\n", "\r\n", "no colon here\r\n", "From x@example.com Thu Jan  1\r\n", ": empty name\r\n", "X-A: b\r", "\r\r\n", "X\x00: y\r\n",
		"=E5=80=8B: x\r\n", "--\r\n", "X-Long: "+strings.Repeat("a ", 300)+"\r\n", "\x0b\r\n", "Subject: =?utf-8?B?5YCL5Lq655Wq5Y+3?=\r\n", "\n")
	return join(insert(lines, at[r.IntN(len(at))]+r.IntN(2), line))
}

func changeParameter(r *rand.Rand, raw []byte) []byte {
	name := oneOf(r, "boundary", "charset", "name", "filename")
	i := bytes.Index(lower(raw), []byte(name+"="))
	if i < 0 {
		return nil
	}
	end := i + len(name) + 1
	stop := bytes.IndexAny(raw[end:], ";\r\n")
	if stop < 0 {
		return nil
	}
	value := strings.Trim(string(raw[end:end+stop]), "\"")
	var changed string
	switch r.IntN(14) {
	case 0:
		changed = name + "=" + value
	case 1:
		changed = name + "=\"" + value + "\""
	case 2:
		changed = name + "='" + value + "'"
	case 3:
		changed = name + " = \"" + value + "\""
	case 4:
		changed = name + "*=utf-8''" + value
	case 5:
		changed = name + "*0=\"" + value[:len(value)/2] + "\"; " + name + "*1=\"" + value[len(value)/2:] + "\""
	case 6:
		changed = name + "=\"x\"; " + name + "=\"" + value + "\""
	case 7:
		changed = name + "=\"" + value + "\"; " + name + "=\"x\""
	case 8:
		changed = name + "=\"" + value + oneOf(r, " ", "  ", "\t") + "\""
	case 9:
		changed = name + "=\"" + value
	case 10:
		changed = name + "=" + value + " (comment)"
	case 11:
		changed = name + "=(comment)" + value
	case 12:
		changed = name + "=" + oneOf(r, "x-unknown", "utf-8", "shift_jis", "iso-2022-jp", "us-ascii", "utf-7", "euc-jp", "utf-16", "windows-1252")
	case 13:
		changed = strings.ToUpper(name) + "=\"=?utf-8?Q?" + value + "?=\""
	}
	return append(append(bytes.Clone(raw[:i]), changed...), raw[end+stop:]...)
}

func changeDelimiter(r *rand.Rand, raw []byte) []byte {
	lines := split(raw)
	var at []int
	for i, l := range lines {
		if bytes.HasPrefix(l, []byte("--")) {
			at = append(at, i)
		}
	}
	if len(at) == 0 {
		return nil
	}
	i := at[r.IntN(len(at))]
	l := strings.TrimRight(string(lines[i]), "\r\n")
	switch r.IntN(12) {
	case 0:
		return join(append(lines[:i:i], lines[i+1:]...))
	case 1:
		l += oneOf(r, " ", "\t", "  \t", "x", " x", "-", "--", "\x00", ";")
	case 2:
		l = oneOf(r, " ", "\t", "-", ">") + l
	case 3:
		l = strings.TrimSuffix(l, "--")
	case 4:
		l = strings.ToUpper(l)
	case 5:
		return join(insert(lines, i, l+"\r\n"))
	case 6:
		return join(insert(lines, i, l+"--\r\n"))
	case 7:
		return join(insert(lines, i+1, oneOf(r, "\r\n", "\n", " \r\n")))
	case 8: // no blank line behind it
		if i+1 < len(lines) && len(bytes.TrimSpace(lines[i+1])) == 0 {
			return join(append(lines[:i+1:i+1], lines[i+2:]...))
		}
	case 9: // glued to the line before
		if i > 0 {
			lines[i-1] = bytes.TrimRight(lines[i-1], "\r\n")
		}
	case 10:
		lines[i] = []byte(l + oneOf(r, "\n", "\r", "\r\r\n", ""))
		return join(lines)
	case 11:
		l = "--" + l[min(len(l), 3):]
	}
	lines[i] = []byte(l + "\r\n")
	return join(lines)
}

// changeEncoded changes a line that looks encoded.
func changeEncoded(r *rand.Rand, raw []byte) []byte {
	lines := split(raw)
	var at []int
	for i, l := range lines {
		if l = bytes.TrimSpace(l); len(l) > 20 && bytes.IndexByte(l, ' ') < 0 && bytes.IndexByte(l, ':') < 0 {
			at = append(at, i)
		}
	}
	if len(at) == 0 {
		return nil
	}
	i := at[r.IntN(len(at))]
	l := strings.TrimRight(string(lines[i]), "\r\n")
	k := r.IntN(len(l))
	switch r.IntN(11) {
	case 0:
		l = l[:k] + oneOf(r, "!", " ", "=", "==", "\t", "\x00", "-", "_", "é", "*", "====") + l[k:]
	case 1:
		l = l[:k] + "\r\n" + l[k:]
	case 2:
		l = strings.TrimRight(l, "=")
	case 3:
		l += oneOf(r, "=", "==", "A", "====", "AAAA")
	case 4:
		l = l[:k] + l[min(len(l), k+1):]
	case 5:
		l = strings.NewReplacer("+", "-", "/", "_").Replace(l)
	case 6:
		l += "\r\n" + oneOf(r, "-- ", "footer: 個人情報の取扱い", "_______", "=", "!!!!")
	case 7:
		l = strings.ToLower(l)
	case 8:
		return join(insert(lines, i, oneOf(r, "\r\n", "begin 644 a.txt\r\n", "=\r\n", " \r\n", "junk here\r\n", "====\r\n")))
	case 9:
		l = strings.Replace(l, "=E", oneOf(r, "= E", "=e", "=\tE", "=\r\nE"), 1)
	case 10:
		l += oneOf(r, " ", "\t ", "= ", "=20")
	}
	lines[i] = []byte(l + "\r\n")
	return join(lines)
}

func changeLineEnds(r *rand.Rand, raw []byte) []byte {
	from := []byte("\r\n")
	to := []byte(oneOf(r, "\n", "\n", "\r", "\r\r\n", "\n\r"))
	if r.IntN(3) > 0 { // once only
		n := bytes.Count(raw, from)
		if n == 0 {
			return nil
		}
		at := 0
		for range r.IntN(n) {
			at += bytes.Index(raw[at:], from) + 2
		}
		return append(bytes.Clone(raw[:at]), bytes.Replace(raw[at:], from, to, 1)...)
	}
	return bytes.ReplaceAll(raw, from, to)
}

func wrap(r *rand.Rand, raw []byte) []byte {
	head := "From: a@example.co.jp\r\nSubject: Fwd\r\nMIME-Version: 1.0\r\n"
	encoded := base64.StdEncoding.EncodeToString(raw)
	var folded strings.Builder
	for len(encoded) > 76 {
		folded.WriteString(encoded[:76] + "\r\n")
		encoded = encoded[76:]
	}
	folded.WriteString(encoded + "\r\n")
	switch r.IntN(6) {
	case 0:
		return []byte(head + "Content-Type: message/rfc822\r\n\r\n" + string(raw))
	case 1:
		return []byte(head + "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n" + folded.String())
	case 2:
		return []byte(head + "Content-Type: application/octet-stream; name=mail.eml\r\nContent-Transfer-Encoding: base64\r\n\r\n" + folded.String())
	case 3:
		b := fmt.Sprint("w", r.IntN(1000))
		return []byte(head + "Content-Type: multipart/mixed; boundary=" + b + "\r\n\r\nhello\r\n--" + b + "\r\nContent-Type: message/rfc822\r\n\r\n" + string(raw) + "\r\n--" + b + "--\r\nbye\r\n")
	case 4:
		return []byte(head + "Content-Type: multipart/digest; boundary=d1\r\n\r\n--d1\r\n\r\n" + string(raw) + "\r\n--d1--\r\n")
	}
	return []byte(head + "Content-Type: multipart/mixed; boundary=o\r\nContent-Transfer-Encoding: base64\r\n\r\n" + folded.String())
}

func changeLine(r *rand.Rand, raw []byte) []byte {
	lines := split(raw)
	i, k := r.IntN(len(lines)), r.IntN(len(lines))
	switch r.IntN(4) {
	case 0:
		return join(append(lines[:i:i], lines[i+1:]...))
	case 1:
		return join(insert(lines, i, string(lines[k])))
	case 2:
		lines[i], lines[k] = lines[k], lines[i]
	case 3:
		at := r.IntN(len(raw))
		raw[at] = "\r\n \t-:;=\"(\x00\x80B"[r.IntN(13)]
		return raw
	}
	return join(lines)
}
