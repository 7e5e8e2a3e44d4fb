package standard

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"strings"
)

// kindMutations change what a mail is made of: nesting, boundaries, the line between
// header and body.
func kindMutations() []mutation {
	return []mutation{
		{"nest the mail", nest},
		{"write another boundary", otherBoundary},
		{"change what ends a header", endOfHeader},
		{"give several types", severalTypes},
		{"put an encoded file into a text", fileInText},
		{"double a field far away", doubleFar},
	}
}

func foldedBase64(b []byte) string {
	encoded := base64.StdEncoding.EncodeToString(b)
	var out strings.Builder
	for len(encoded) > 76 {
		out.WriteString(encoded[:76] + "\r\n")
		encoded = encoded[76:]
	}
	return out.String() + encoded + "\r\n"
}

// nest puts the mail into another one, in a way that some programs look into.
func nest(r *rand.Rand, raw []byte) []byte {
	const head = "From: a@example.co.jp\r\nTo: b@example.com\r\nSubject: Fwd\r\nMIME-Version: 1.0\r\n"
	b := oneOf(r, "n1", "=_n", "b", "b1", "------=_Part_1", "n1 n2", "'n'")
	inner := string(raw)
	_, body, _ := strings.Cut(inner, "\r\n\r\n")
	ct := contentTypeOf(raw)
	multi := func(kind string, parts ...string) []byte {
		return []byte(head + "Content-Type: multipart/" + kind + "; boundary=\"" + b + "\"\r\n\r\npreamble\r\n--" + b + "\r\n" + strings.Join(parts, "\r\n--"+b+"\r\n") + "\r\n--" + b + "--\r\nepilogue\r\n")
	}
	plain := "Content-Type: text/plain\r\n\r\nsee below\r\n"
	switch r.IntN(20) {
	case 0:
		return multi("mixed", plain, "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"+strings.ReplaceAll(qp(inner), "\n", "\r\n"))
	case 1:
		return multi("mixed", plain, "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: x-uuencode\r\n\r\n"+strings.ReplaceAll(uuencode(inner), "\n", "\r\n"))
	case 2:
		return multi("mixed", plain, "Content-Type: message/global\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"+inner)
	case 3:
		return []byte(head + "Content-Type: message/partial; id=x; number=1; total=1\r\n\r\n" + inner)
	case 4:
		return multi("mixed", plain, "Content-Type: message/external-body; access-type=local-file; name=x\r\n\r\n"+inner)
	case 5:
		return multi("alternative", plain, "Content-Type: message/rfc822\r\n\r\n"+inner)
	case 6:
		return multi("related; type=\"text/html\"; start=\"<s@x>\"", "Content-Type: text/html\r\n\r\n<p>a</p>", "Content-ID: <s@x>\r\n"+ct+"\r\n"+body)
	case 7:
		return multi("digest", "\r\n"+inner, "Content-Type: text/plain\r\n\r\n"+body)
	case 8:
		return multi("appledouble", "Content-Type: application/applefile; name=x\r\nContent-Transfer-Encoding: base64\r\n\r\n"+foldedBase64(append([]byte("\x00\x05\x16\x07\x00\x02\x00\x00"), raw...)), ct+"\r\n"+body)
	case 9:
		return multi("signed; micalg=sha-256; protocol=\"application/pgp-signature\"", ct+"\r\n"+body, "Content-Type: application/pgp-signature\r\n\r\n-----BEGIN PGP SIGNATURE-----\r\n\r\niQ==\r\n-----END PGP SIGNATURE-----\r\n")
	case 10:
		return multi("encrypted; protocol=\"application/pgp-encrypted\"", "Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n", "Content-Type: application/octet-stream\r\n\r\n"+strings.ReplaceAll(literal(inner[:min(len(inner), 180)]), "\n", "\r\n"))
	case 11:
		return multi("report; report-type=delivery-status", plain, "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n", oneOf(r, "Content-Type: text/rfc822-headers\r\n\r\n", "Content-Type: message/rfc822\r\n\r\n", "Content-Type: message/rfc822-headers\r\n\r\n")+inner)
	case 12: // in the preamble or epilogue of an inner multipart
		in := "Content-Type: multipart/mixed; boundary=in\r\n\r\n" + body + "\r\n--in\r\n\r\nx\r\n--in--\r\n"
		if r.IntN(2) == 0 {
			in = "Content-Type: multipart/mixed; boundary=in\r\n\r\n--in\r\n\r\nx\r\n--in--\r\n" + body
		}
		return multi("mixed", plain, in)
	case 13:
		name := oneOf(r, "a.txt", "a.mht", "a.html", "a.eml", "a.msg", "a.mbox", "a.dat", "")
		return multi("mixed", plain, "Content-Type: "+oneOf(r, "text/plain", "application/x-mimearchive", "multipart/related", "application/mbox", "text/html", "application/octet-stream", "message/rfc822")+"; name=\""+name+"\"\r\nContent-Transfer-Encoding: base64\r\n\r\n"+foldedBase64(raw))
	case 14: // boundaries that begin each other
		return []byte(head + "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: multipart/mixed; boundary=bb\r\n\r\n--bb\r\n" + ct + "\r\n" + body + "\r\n--bb--\r\n--b--\r\n")
	case 15:
		return multi("mixed", plain, ct+"\r\n"+body+"\r\n--"+b+"--\r\n\r\n--"+b+"\r\n"+ct+"\r\n"+body)
	case 16:
		return []byte(oneOf(r, "\r\n", "\r\n\r\n", " \r\n", "\n", "From a@example.com Thu Jan  1 00:00:00 2026\r\n", ">From a\r\n", "\ufeff", "Received: from x\r\n\r\n") + inner)
	case 17:
		return multi(oneOf(r, "form-data", "x-mixed-replace", "parallel", "byteranges", "x-unknown", "voice-message", "header-set", "MIXED", "mixed\t"), "Content-Disposition: form-data; name=x\r\n"+ct+"\r\n"+body)
	case 18:
		return multi("mixed", plain, "Content-Type: application/"+oneOf(r, "pkcs7-mime", "x-pkcs7-mime", "ms-tnef", "pgp", "x-gzip", "mac-binhex40")+"\r\nContent-Transfer-Encoding: base64\r\n\r\n"+foldedBase64(raw))
	}
	return []byte(head + ct + "X-Filler: " + strings.Repeat("a", 200) + "\r\n\r\n" + body)
}

// contentTypeOf is the Content-* fields of the top header block, or those of a text.
func contentTypeOf(raw []byte) string {
	head, _, _ := strings.Cut(string(raw), "\r\n\r\n")
	var out strings.Builder
	in := false
	for line := range strings.Lines(head + "\r\n") {
		switch low := strings.ToLower(line); {
		case strings.HasPrefix(low, "content-"):
			in = true
		case !strings.HasPrefix(line, " ") && !strings.HasPrefix(line, "\t"):
			in = false
		}
		if in {
			out.WriteString(line)
		}
	}
	if out.Len() == 0 {
		return "Content-Type: text/plain; charset=utf-8\r\n"
	}
	return out.String()
}

// otherBoundary writes a boundary of the mail in another spelling, in its delimiters
// and in the field, or in one of them only.
func otherBoundary(r *rand.Rand, raw []byte) []byte {
	at := bytes.Index(lower(raw), []byte("boundary="))
	if at < 0 {
		return nil
	}
	start := at + len("boundary=")
	end := start + max(0, bytes.IndexAny(raw[start:], ";\r\n"))
	old := strings.Trim(string(raw[start:end]), "\"")
	if old == "" {
		return nil
	}
	b := oneOf(r, "a b", "=_x?", "(c)", "it's", "a\\b", "a\"b", strings.Repeat("long", 25), "x ", " x", "é", "日本", "--", "-", "a=b", "a;b", "a,b", "A", "x--", "a/b:c", "\ta", "%41", "=?utf-8?Q?x?=", "0", "<x>", "[x]", "a\x00b")
	field := oneOf(r, "boundary=\""+strings.NewReplacer("\\", "\\\\", "\"", "\\\"").Replace(b)+"\"", "boundary=\""+b+"\"", "boundary="+b, "boundary*=us-ascii''"+b, "boundary*0=\""+b[:len(b)/2]+"\";\r\n boundary*1=\""+b[len(b)/2:]+"\"",
		"BOUNDARY=\""+b+"\"", "boundary =\r\n \""+b+"\"", "boundary=\""+b+"\"x", "boundary='"+b+"'")
	tail := string(raw[end:])
	if r.IntN(6) > 0 {
		tail = strings.ReplaceAll(tail, "\n--"+old, "\n--"+b)
	}
	return []byte(string(raw[:at]) + field + tail)
}

// endOfHeader changes the blank line behind one header block.
func endOfHeader(r *rand.Rand, raw []byte) []byte {
	n := bytes.Count(raw, []byte("\r\n\r\n"))
	if n == 0 {
		return nil
	}
	at := 0
	for range 1 + r.IntN(n) {
		at += bytes.Index(raw[at:], []byte("\r\n\r\n")) + 2
	}
	end := oneOf(r, " \r\n", "\t\r\n", "\n", "\r", "\r\r\n", "\x00\r\n", "\x0b\r\n", "\x0c\r\n", "", "\r\n\r\n", "\u00a0\r\n", "\u3000\r\n", ".\r\n", " \r\n\r\n", "X\r\n\r\n", "-\r\n", ":\r\n\r\n", "\x85\r\n", "\n\r\n", "\r\n \r\n")
	return append(append(bytes.Clone(raw[:at]), end...), raw[at+2:]...)
}

func severalTypes(r *rand.Rand, raw []byte) []byte {
	return onField(r, raw, func(line string) string {
		name, value, ok := strings.Cut(strings.TrimRight(line, "\r\n"), ":")
		if !ok || !strings.EqualFold(name, "content-type") {
			return line
		}
		value = strings.TrimSpace(value)
		other := oneOf(r, "text/html", "text/plain; charset=iso-2022-jp", "multipart/mixed; boundary=x", "message/rfc822", "application/octet-stream", "text/plain; name=a.zip")
		return name + ": " + oneOf(r, value+", "+other, other+", "+value, value+"; "+other, other+"; "+value, value+" "+other, other+"\r\n "+value, value+"\r\nContent-Type:"+other, "\""+value+"\"", value+"/x", value+";", ";"+value,
			"="+value, "text/"+value, strings.Replace(value, ";", "", 1), strings.Replace(value, "/", "", 1), strings.Replace(value, "/", " / ", 1), strings.Replace(value, "/", "//", 1), strings.ToUpper(value)) + "\r\n"
	})
}

// fileInText puts an encoded file between two lines of a body.
func fileInText(r *rand.Rand, raw []byte) []byte {
	secret := planted + "\r\n"
	file := oneOf(r, strings.ReplaceAll(uuencode(secret), "\n", "\r\n"), strings.ReplaceAll(yEnc(secret), "\n", "\r\n"), strings.ReplaceAll(literal(secret), "\n", "\r\n"),
		"begin-base64 644 x.txt\r\n"+foldedBase64([]byte(secret))+"====\r\n", foldedBase64([]byte(secret+secret)), secret,
		"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"+foldedBase64([]byte(secret)), "=?utf-8?B?"+base64.StdEncoding.EncodeToString([]byte(secret))+"?=\r\n",
		"--x\r\nContent-Transfer-Encoding: base64\r\n\r\n"+foldedBase64([]byte(secret))+"\r\n--x--\r\n", "From a@example.com Thu Jan  1 00:00:00 2026\r\nSubject: x\r\n\r\n"+secret)
	lines := split(raw)
	for i, l := range lines {
		if len(bytes.TrimSpace(l)) == 0 {
			return join(insert(lines, i+1+r.IntN(len(lines)-i), file))
		}
	}
	return nil
}

// doubleFar repeats a field in another spelling at the end of its header block.
func doubleFar(r *rand.Rand, raw []byte) []byte {
	lines := split(raw)
	at := structureLines(lines)
	if len(at) == 0 {
		return nil
	}
	i := at[r.IntN(len(at))]
	name, value, ok := strings.Cut(string(lines[i]), ":")
	if !ok {
		return nil
	}
	k := i
	for k < len(lines) && len(bytes.TrimSpace(lines[k])) > 0 {
		k++
	}
	name = oneOf(r, name, strings.ToUpper(name), strings.ToLower(name), name+" ", "X-"+name, strings.ReplaceAll(name, "-", "_"))
	value = oneOf(r, value, " text/plain\r\n", " base64\r\n", " 7bit\r\n", " quoted-printable\r\n", " multipart/mixed; boundary=zz\r\n", "\r\n", fmt.Sprintf(" text/html; charset=%s\r\n", oneOf(r, "utf-8", "shift_jis", "utf-16")))
	return join(insert(lines, k, name+":"+value))
}
