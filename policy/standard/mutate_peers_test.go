package standard

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"strings"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// peerMutations are made from how the programs read that this one is held against: every
// message/* is a mail, a multipart without a boundary is a body, a report is several
// headers, tags are cut out, a type comes from a name, words stand in quoted strings.
func peerMutations() []mutation {
	return []mutation{
		{"fields in a message of some kind", messageOfFields},
		{"a multipart without its delimiters", bareMultipart},
		{"a header that ends early", earlyEnd},
		{"words in quoted strings and folds", wordsInQuotes},
		{"entities in and between tags", entities},
		{"a page that ends in the middle", brokenPage},
		{"a charset that few know", rareCharset},
		{"a type that only the name tells", typeByName},
		{"an attached mail that shares delimiters", sharedDelimiter},
		{"parameters in sections", sections},
		{"last type and first encoding", contradiction},
		{"two encodings in one body", halfEncoded},
	}
}

// encodedAs writes octets in a transfer encoding, with its name.
func encodedAs(r *rand.Rand, b []byte) (name, text string) {
	switch r.IntN(5) {
	case 0:
		return "quoted-printable", strings.ReplaceAll(qp(string(b)), "\n", "\r\n")
	case 1:
		return "x-uuencode", strings.ReplaceAll(uuencode(string(b)), "\n", "\r\n")
	case 2:
		return "base64", oddBase64(r, b)
	}
	return "base64", foldedBase64(b)
}

// inCharset writes text in some charset, with its label.
func inCharset(r *rand.Rand, text string) (label string, octets []byte) {
	all := charsetWriters()
	if w := all[r.IntN(len(all))]; r.IntN(2) == 0 {
		return w.label, w.write(text)
	}
	return "utf-8", []byte(text)
}

// asPart puts a part into a mail: alone, between others, as a report, in an attached mail.
func asPart(r *rand.Rand, part string) []byte {
	const head = "From: a@example.co.jp\r\nTo: b@example.com\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
	multi := func(kind string) string {
		return "Content-Type: multipart/" + kind + "; boundary=\"pb\"\r\n\r\n--pb\r\nContent-Type: text/plain\r\n\r\nsee below\r\n--pb\r\n" + part + "\r\n" + oneOf(r, "--pb--\r\n", "--pb--\r\n", "--pb\r\n\r\nx\r\n--pb--\r\n", "")
	}
	switch r.IntN(5) {
	case 0:
		return []byte(head + part)
	case 1:
		return []byte(head + multi("report; report-type=disposition-notification"))
	case 2:
		return []byte(head + "Content-Type: message/rfc822\r\n\r\n" + head + multi("mixed"))
	}
	return []byte(head + multi(oneOf(r, "mixed", "alternative", "related", "digest", "parallel")))
}

// messageOfFields is a message of any kind whose content begins with fields that say how to
// read what follows.
func messageOfFields(r *rand.Rand, raw []byte) []byte {
	label, octets := inCharset(r, planted+"\r\n")
	cte, text := encodedAs(r, octets)
	fields := []string{"Content-Type: text/" + oneOf(r, "plain", "html", "csv") + "; charset=" + label + "\r\n", "Content-Transfer-Encoding: " + cte + "\r\n"}
	for range r.IntN(3) {
		fields = append(fields, oneOf(r, "Reporting-MTA: dns; x\r\n", "X: y\r\n", "Final-Recipient: rfc822;a@example.com\r\n", "Subject: =?utf-8?B?"+base64.StdEncoding.EncodeToString([]byte(planted))+"?=\r\n", "Content-ID: <a@b>\r\n", ": x\r\n", "no field\r\n", " \r\n", "GET / HTTP/1.1\r\n", "From a@b\r\n"))
	}
	r.Shuffle(len(fields), func(i, k int) { fields[i], fields[k] = fields[k], fields[i] })
	content := oneOf(r, "", "", "\r\n", "Reporting-MTA: dns; x\r\n\r\n", "Status: 5.0.0\r\n\r\nAction: failed\r\n\r\n") + strings.Join(fields, "") + oneOf(r, "\r\n", "\r\n", "\r\n\r\n", "") + text
	switch r.IntN(5) {
	case 0:
		content = "Content-Type: multipart/mixed; boundary=mf\r\n\r\n--mf\r\n" + content + "--mf--\r\n"
	case 1:
		content = "Content-Type: message/" + oneOf(r, "rfc822", "delivery-status", "x-y", "partial; id=1; number=1; total=1") + "\r\n\r\n" + content
	case 2:
		content = string(raw)
	}
	kind := oneOf(r, "delivery-status", "delivery-status", "disposition-notification", "feedback-report", "http", "sip", "s-http", "imdn+xml", "global-headers", "global-delivery-status", "global-disposition-notification",
		"external-body; access-type=x-y", "x-mail", "vnd.example", "tracking-status", "x", "CPIM", "rfc822-headers", "rfc822;x", "rfc822 x", "rfc822, text/plain", "", "a/b")
	part := "Content-Type: " + oneOf(r, "message/", "Message/", "MESSAGE/", "message / ") + kind + oneOf(r, "", "", "; charset=us-ascii", "; name=x.eml", "; name=x.txt") + "\r\n"
	switch r.IntN(5) {
	case 0:
		part += "Content-Transfer-Encoding: " + oneOf(r, "8bit", "7bit", "binary") + "\r\n"
	case 1:
		part += "Content-Transfer-Encoding: base64\r\n"
		content = foldedBase64([]byte(content))
	case 2:
		part += "Content-Disposition: " + oneOf(r, "inline", "attachment; filename=x.eml", "attachment; filename=x", "inline; filename=\"x.txt\"") + "\r\n"
	}
	return asPart(r, part+"\r\n"+content)
}

// bareMultipart is a multipart that is its own body for who finds no delimiter in it.
func bareMultipart(r *rand.Rand, raw []byte) []byte {
	label, octets := inCharset(r, planted+"\r\n")
	cte, text := encodedAs(r, octets)
	if r.IntN(4) == 0 {
		_, text = encodedAs(r, raw)
	}
	boundary := oneOf(r, "", "", "; boundary=", "; boundary=\"\"", "; boundary=\" \"", "; boundary=never", "; bondary=x", "; boundary", "; boundary*=x", "; boundary*0*=''x", "; boundary=\"x", "; Boundary = never", "; boundary=(c)", "; boundary=\"(c)\"")
	part := "Content-Type: multipart/" + oneOf(r, "mixed", "alternative", "signed", "related", "x", "", "encrypted", "form-data", "digest") + boundary + oneOf(r, "", "; charset="+label) + "\r\n"
	fields := []string{part, "Content-Transfer-Encoding: " + cte + "\r\n"}
	if r.IntN(3) == 0 {
		fields[0], fields[1] = fields[1], fields[0]
	}
	inner := oneOf(r, "", "", "--\r\n", "-- \r\n", "--x\r\n", "--never\r\n\r\n", "---\r\nContent-Transfer-Encoding: "+cte+"\r\n\r\n")
	return asPart(r, strings.Join(fields, "")+"\r\n"+inner+text+oneOf(r, "", "--\r\n", "----\r\n", "--x--\r\n"))
}

// earlyEnd puts a line into a header at which some end it, in front of the fields that say
// how to read the body.
func earlyEnd(r *rand.Rand, raw []byte) []byte {
	label, octets := inCharset(r, planted+"\r\n")
	cte, text := encodedAs(r, octets)
	end := oneOf(r, "no field\r\n", " : x\r\n", "个: x\r\n", "\xff: x\r\n", "X Y: z\r\n", "--\r\n", "\x0b\r\n", "\x0c\r\n", "\r\r\n", "\r", "\x00\r\n", "X\r\n", "=\r\n", "\x1c\r\n", "\u2028\r\n", "X\x7f: y\r\n", ":\r\n", "::\r\n", "(c): x\r\n", "From x\r\n", ">From x\r\n", "POST / HTTP/1.0\r\n", "\xa0x\r\n", "\ufeffX: y\r\n", "X\t: y\r\n")
	fields := []string{"Content-Type: " + oneOf(r, "text/plain", "text/html", "message/rfc822", "application/x") + "; charset=" + label + "\r\n", "Content-Transfer-Encoding: " + cte + "\r\n", oneOf(r, "X: y\r\n", "Subject: x\r\n\ty\r\n", end)}
	at := r.IntN(len(fields) + 1)
	return asPart(r, strings.Join(fields[:at], "")+end+strings.Join(fields[at:], "")+oneOf(r, "\r\n", "\r\n", end+"\r\n", " \r\n", "")+text)
}

// wordsInQuotes writes a field of encoded words inside quoted strings and comments, cut
// inside characters, words and folds.
func wordsInQuotes(r *rand.Rand, raw []byte) []byte {
	label, octets := inCharset(r, planted)
	var words []string
	for len(octets) > 0 {
		n := min(len(octets), 1+r.IntN(20))
		piece := octets[:n]
		octets = octets[n:]
		if r.IntN(2) == 0 {
			words = append(words, "=?"+label+"?"+oneOf(r, "B", "b")+"?"+base64.StdEncoding.EncodeToString(piece)+"?=")
			continue
		}
		var b strings.Builder
		for _, c := range piece {
			fmt.Fprintf(&b, oneOf(r, "=%02X", "=%02x", "= %02X"), c)
		}
		words = append(words, "=?"+oneOf(r, label, strings.ToUpper(label), label+"*ja")+"?"+oneOf(r, "Q", "q")+"?"+b.String()+"?=")
	}
	told := strings.Join(words, oneOf(r, " ", " ", "\r\n ", "\r\n\t", "", "  ", " \r\n \r\n ", "\t", "\"\"", " () ", "\x00", "\u3000", "\x0c", " \x0b"))
	if r.IntN(4) == 0 { // a fold where none may be
		k := r.IntN(len(told))
		told = told[:k] + oneOf(r, "\r\n ", "\r\n\t", "\n ", "\r ") + told[k:]
	}
	value := oneOf(r, "%s", "\"%s\"", "\"%s\" <a@example.com>", "(%s) a@example.com", "<%s>", "x%sx", "\\%s", "'%s' <a@example.com>", "\"a\" %s <a@example.com>", "a@example.com (%s", "\"%s <a@example.com>", "g: \"%s\" <a@example.com>;", "=?utf-8?Q?%s?=", "%s@example.com")
	value = strings.Replace(value, "%s", told, 1)
	name := oneOf(r, "Subject", "From", "To", "Reply-To", "Comments", "Cc", "Content-Description", "Sender", "Keywords")
	if r.IntN(3) == 0 {
		name, value = "Content-Disposition", "attachment; filename="+oneOf(r, value, "\""+strings.Trim(value, "\"")+"\"", "\""+strings.Join(words, "\r\n ")+".txt\"")
	}
	lines := split(raw)
	at := structureLines(lines)
	if len(at) == 0 || r.IntN(2) == 0 {
		return append([]byte(name+": "+value+"\r\n"), raw...)
	}
	return join(insert(lines, at[r.IntN(len(at))], name+": "+value+"\r\n"))
}

// entities writes text by entities, with tags, comments and what is not seen between its
// letters.
func entities(r *rand.Rand, raw []byte) []byte {
	between := oneOf(r, "", "", "<b></b>", "<!-- x -->", "<wbr>", "&shy;", "&zwnj;", "&#8203;", "&ZeroWidthSpace;", "</span><span>", "<br hidden>", "<!---->", "<!-->", "<x y='>'>", "<a title=\"<\">", "&NoBreak;", "\r\n", "&nbsp;", "&ensp;", "<img alt=>", "</p>", "<![CDATA[", "<?x?>", "&#x200d;", "&zwj")
	form := oneOf(r, "&#%d;", "&#x%x;", "&#X%X;", "&#%d ", "&#%07d;", "&amp;#%d;", "&#%d", "&amp;amp;#%d;", "&#x%x", "&#38;#%d;", "&#00%d;")
	var b strings.Builder
	for _, c := range planted {
		switch {
		case c == ' ':
			b.WriteString(oneOf(r, " ", "&nbsp;", "&#32;", "&Tab;", "&NewLine;", "&thinsp;"))
		case r.IntN(3) == 0:
			b.WriteRune(c)
		default:
			fmt.Fprintf(&b, form, c)
		}
		if r.IntN(3) == 0 {
			b.WriteString(between)
		}
	}
	place := oneOf(r, "<p>%s</p>", "<td>%s</td>", "<p title=\"%s\">x</p>", "<img alt='%s'>", "<textarea>%s</textarea>", "<title>%s</title>", "<noscript>%s</noscript>", "<template>%s</template>", "<option>%s</option>", "<!-- %s -->", "<style>%s</style>", "<script>%s</script>",
		"<a href=\"mailto:%s\">x</a>", "<pre>%s</pre>", "<xmp>%s</xmp>", "<svg><text>%s</text></svg>", "<math><mi>%s</mi></math>", "<details><summary>%s</summary></details>", "<iframe srcdoc=\"%s\"></iframe>", "<input value=%s>", "<h1>%s</h1>", "<li>%s", "<bdo dir=ltr>%s</bdo>")
	kind := oneOf(r, "text/html", "text/html", "text/plain", "text/xml", "application/xhtml+xml", "text/enriched", "image/svg+xml", "application/octet-stream; name=x.html")
	octets := []byte(strings.Replace(place, "%s", b.String(), 1) + "\r\n")
	part := "Content-Type: " + kind + oneOf(r, "", "; charset=utf-8", "; charset=us-ascii", "; charset=iso-2022-jp") + "\r\n"
	if r.IntN(2) == 0 {
		return asPart(r, part+"\r\n"+string(octets))
	}
	cte, text := encodedAs(r, octets)
	return asPart(r, part+"Content-Transfer-Encoding: "+cte+"\r\n\r\n"+text)
}

// brokenPage opens something in a page that nothing closes.
func brokenPage(r *rand.Rand, raw []byte) []byte {
	label, octets := inCharset(r, planted)
	open := func() string {
		return oneOf(r, "<p title=\"", "<p title='", "<p title=", "<p ", "<!-- ", "<!", "<?", "<![CDATA[", "<script>", "<style>", "<textarea>", "<title>", "<xmp>", "<plaintext>", "<iframe>", "<noembed>", "<select>", "<table><tr>", "<object>", "<svg>", "</", "</p ", "<a href=\"x>", "<", "<<p>", "<p><p", "<img src=\"cid:x\" alt=\"", "<!DOCTYPE html [", "<noscript>", "<template>", "<math>", "<frameset>", "<head>", "&", "<%", "<o:p>", "<!--[if mso]>")
	}
	page := oneOf(r, "<html><body>", "", "<div>x</div>") + open() + oneOf(r, "", "x>", "x</p>", "\r\n", "-->", "\">") + "\r\n%s\r\n" + oneOf(r, "", open(), "</p>", "</html>", "\">", "<b>y</b>")
	page = strings.Replace(page, "%s", string(octets), 1)
	part := "Content-Type: text/" + oneOf(r, "html", "html", "html", "plain", "enriched", "richtext") + "; charset=" + label + "\r\n"
	if r.IntN(2) == 0 {
		return asPart(r, part+"\r\n"+page+"\r\n")
	}
	cte, text := encodedAs(r, []byte(page))
	return asPart(r, part+"Content-Transfer-Encoding: "+cte+"\r\n\r\n"+text)
}

// rareCharset writes text in a charset that some program knows, under one of its names.
func rareCharset(r *rand.Rand, _ []byte) []byte {
	w := charsetWriters()
	big5 := charsetWith(traditionalchinese.Big5)
	kinds := []struct {
		write  func(string) []byte
		labels []string
	}{
		{w[0].write, []string{"cp932", "ms932", "windows31j", "csshiftjis", "shift_jisx0213", "shift_jis_2004", "sjis", "s_jis", "ibm943", "x-ms-cp932", "932", "mskanji", "SHIFT-JIS"}},
		{w[1].write, []string{"eucjp", "euc_jp", "u_jis", "cp51932", "euc-jis-2004", "eucjis2004", "x-euc", "cseucpkdfmtjapanese", "cp20932", "EUC_JISX0213"}},
		{w[2].write, []string{"cp50220", "cp50221", "cp50222", "iso-2022-jp-1", "iso-2022-jp-3", "iso-2022-jp-ext", "iso2022_jp_2004", "csiso2022jp", "jis", "jis7", "x-windows-iso2022jp", "iso-2022-cn", "iso-2022-jp-2"}},
		{w[5].write, []string{"u16", "utf_16_le", "utf16", "ucs2", "iso-10646-ucs-2", "unicodelittleunmarked", "utf-16-le", "csunicode", "unicode"}},
		{w[6].write, []string{"utf_16_be", "utf-16-be", "unicodefeff", "utf-16", "x-utf-16be", "utf16be"}},
		{utf7Bytes, []string{"u7", "utf_7", "utf7", "cp65000", "unicode-1-1-utf-7", "csutf7", "UTF-7"}},
		{w[8].write, []string{"utf_8_sig", "u8", "cp65001", "utf-8-sig", "utf", "unicode-1-1-utf-8", "x-unicode20utf8", "8", "utf8mb4", "binary", "8bit", "none", "x-user-defined", "unknown-8bit", "replacement"}},
		{imapUTF7, []string{"utf-7-imap", "utf7imap", "utf7-imap"}},
		{charsetWith(simplifiedchinese.GBK), []string{"gbk", "gb2312", "cp936", "x-gbk", "euc-cn", "ms936", "hz", "gb18030-2000"}},
		{charsetWith(simplifiedchinese.HZGB2312), []string{"hz", "hzgb", "hz-gb", "hz_gb_2312"}},
		{big5, []string{"big5", "cp950", "big5hkscs", "x-x-big5", "big5-tw"}},
		{charsetWith(korean.EUCKR), []string{"euc-kr", "ks_c_5601-1987", "cp949", "uhc", "johab"}},
		{charsetWith(charmap.CodePage037), []string{"cp037", "ibm037", "ebcdic-cp-us", "cp1140", "cp500"}},
		{escapedText("\\u%04x"), []string{"unicode_escape", "unicode-escape", "raw_unicode_escape", "raw-unicode-escape", "unicode_internal"}},
	}
	k := kinds[r.IntN(len(kinds))]
	octets := k.write(planted + "\r\n")
	part := "Content-Type: text/" + oneOf(r, "plain", "plain", "html", "csv") + "; charset=" + oneOf(r, k.labels...) + "\r\n"
	if r.IntN(2) == 0 {
		return asPart(r, part+"Content-Transfer-Encoding: 8bit\r\n\r\n"+string(octets))
	}
	cte, text := encodedAs(r, octets)
	return asPart(r, part+"Content-Transfer-Encoding: "+cte+"\r\n\r\n"+text)
}

// escapedText writes what is no ASCII by numbers.
func escapedText(form string) func(string) []byte {
	return func(s string) []byte {
		var out []byte
		for _, c := range s {
			if c < 0x80 {
				out = append(out, byte(c))
			} else {
				out = fmt.Appendf(out, form, c)
			}
		}
		return out
	}
}

// imapUTF7 is the form of RFC 3501 section 5.1.3.
func imapUTF7(s string) []byte {
	return bytes.ReplaceAll(bytes.ReplaceAll(utf7Bytes(s), []byte("/"), []byte(",")), []byte("+"), []byte("&"))
}

// typeByName leaves the type to the name of the file, as mailparser does.
func typeByName(r *rand.Rand, raw []byte) []byte {
	label, octets := inCharset(r, planted+"\r\n")
	name := "x." + oneOf(r, "html", "htm", "eml", "txt", "csv", "svg", "xml", "ics", "vcf", "mht", "mime", "text", "log", "md", "rtf", "json", "xhtml", "mbox", "uu", "b64")
	content := oneOf(r, string(octets), "<p>"+string(octets)+"</p>", string(raw), "Subject: x\r\nContent-Type: text/plain; charset="+label+"\r\n\r\n"+string(octets))
	part := oneOf(r, "", "", "Content-Type:\r\n", "Content-Type: ;\r\n", "Content-Type: ; name="+name+"\r\n", "Content-Type: application/octet-stream\r\n", "Content-Type: x\r\n") +
		"Content-Disposition: " + oneOf(r, "inline", "attachment", "INLINE", "", "form-data", "attached", "inline,attachment") + "; filename" + oneOf(r, "=", "=\"", "*=utf-8''", "*0=", "*0*=''") + name + "\r\n"
	if r.IntN(2) == 0 {
		return asPart(r, part+"\r\n"+content)
	}
	cte, text := encodedAs(r, []byte(content))
	return asPart(r, part+"Content-Transfer-Encoding: "+cte+"\r\n\r\n"+text)
}

// sharedDelimiter attaches a mail whose parts use the delimiters of the mail around it.
func sharedDelimiter(r *rand.Rand, _ []byte) []byte {
	label, octets := inCharset(r, planted+"\r\n")
	cte, text := encodedAs(r, octets)
	leaf := "Content-Type: text/plain; charset=" + label + "\r\nContent-Transfer-Encoding: " + cte + "\r\n\r\n" + text
	b := func() string {
		return "--" + oneOf(r, "s", "s", "t", "st", "s ") + oneOf(r, "", "", "", "--", "-- ") + "\r\n"
	}
	mail := func() string {
		return "Content-Type: message/rfc822\r\n" + oneOf(r, "", "Content-Disposition: inline\r\n", "Content-Disposition: attachment\r\n", "Content-Transfer-Encoding: 8bit\r\nContent-Disposition: inline\r\n") + "\r\nSubject: y\r\n"
	}
	multi := func() string {
		return "Content-Type: multipart/" + oneOf(r, "mixed", "alternative", "digest") + "; boundary=" + oneOf(r, "s", "t", "st", "\"s \"", "\"s--\"") + "\r\n\r\n"
	}
	var out strings.Builder
	out.WriteString("Subject: x\r\n" + multi())
	for range 3 + r.IntN(8) {
		switch r.IntN(6) {
		case 0:
			out.WriteString(b() + mail())
		case 1:
			out.WriteString(b() + multi())
		case 2:
			out.WriteString(multi())
		case 3:
			out.WriteString(b() + mail() + leaf)
		case 4:
			out.WriteString(b() + leaf)
		case 5:
			out.WriteString(b())
		}
	}
	return []byte(out.String() + oneOf(r, leaf, "", b()))
}

// sections writes parameters of the structure as RFC 2231 allows it for values of people.
func sections(r *rand.Rand, _ []byte) []byte {
	label, octets := inCharset(r, planted+"\r\n")
	cte, text := encodedAs(r, octets)
	param := func(name, value string) string {
		k := r.IntN(len(value) + 1)
		p := func(s string) string {
			var b strings.Builder
			for i := range len(s) {
				fmt.Fprintf(&b, "%%%02x", s[i])
			}
			return b.String()
		}
		return strings.NewReplacer("N", name, "V", value, "A", value[:k], "B", value[k:], "P", p(value), "Q", p(value[:k]), "R", p(value[k:])).Replace(
			oneOf(r, "N*=''P", "N*=us-ascii'en'V", "N*0=A; N*1=B", "N*0*=''Q; N*1*=R", "N*1*=R; N*0*=utf-8''Q", "N*0*=''Q; N*1=\"B\"", "N*0=\"A\"; N*1*=R", "N*=P", "N*00=A; N*01=B", "N*0=A; N*2=B", "N*0=A;\r\n N*1=B; N=x", "N=x; N*=''P", "N*0=x; N*0=A; N*1=B", "N*=utf-16''P",
				"N*0*=x'y'Q; N*1*=z'w'R", "\"N\"=V", "N*0*='Q; N*1*=R", "N* =''P", "N *=''V"))
	}
	leaf := "Content-Type: text/" + oneOf(r, "plain", "html") + "; " + param("charset", label) + oneOf(r, "", "; "+param("format", "flowed")) + "\r\n" + "Content-Transfer-Encoding: " + oneOf(r, cte, cte, cte+"; "+param("x", "y")) + "\r\n\r\n" + text
	return []byte("From: a@example.co.jp\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; " + param("boundary", "sec") + "\r\n\r\n--sec\r\n" + leaf + "\r\n--sec\r\n" + leaf + "\r\n--sec--\r\n")
}

// contradiction gives a part two fields of each kind, of which every program takes others.
func contradiction(r *rand.Rand, raw []byte) []byte {
	label, octets := inCharset(r, planted+"\r\n")
	content := oneOf(r, string(octets), string(raw), "<p>"+string(octets), "--c\r\nContent-Type: text/plain; charset="+label+"\r\n\r\n"+string(octets)+"\r\n--c--\r\n")
	cte, text := encodedAs(r, []byte(content))
	kind := func() string {
		return "Content-Type: " + oneOf(r, "text/plain; charset="+label, "text/html; charset="+label, "message/rfc822", "multipart/mixed; boundary=c", "application/octet-stream", "message/delivery-status", "text/plain; charset=utf-16", "") + "\r\n"
	}
	fields := []string{kind(), kind(), "Content-Transfer-Encoding: " + cte + "\r\n", "Content-Transfer-Encoding: " + oneOf(r, "7bit", "base64", "quoted-printable", "8bit", "x", "") + "\r\n", oneOf(r, "", kind(), "Content-Disposition: attachment; filename=x.eml\r\n")}
	r.Shuffle(len(fields), func(i, k int) { fields[i], fields[k] = fields[k], fields[i] })
	return asPart(r, strings.Join(fields, "")+"\r\n"+text)
}

// halfEncoded is a body of which one part is encoded otherwise than the rest.
func halfEncoded(r *rand.Rand, raw []byte) []byte {
	return onRange(r, raw, func(body string) string {
		_, octets := inCharset(r, planted+"\r\n")
		_, one := encodedAs(r, octets)
		_, two := encodedAs(r, []byte(body))
		return oneOf(r, one+two, two+one, one+body, body+one, one+"\r\n"+string(octets), string(octets)+one+two)
	})
}
