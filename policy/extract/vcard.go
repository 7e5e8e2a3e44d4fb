package extract

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime/quotedprintable"
	"strings"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/charset"
)

// isVCard takes vCards (RFC 6350 and version 2.1) and calendars (RFC 5545).
func isVCard(p *probe) string {
	if p.file.Kind == policy.HeaderText {
		return ""
	}
	switch {
	case p.begins("begin:vcard"):
		return "text/vcard"
	case p.begins("begin:vcalendar"):
		return "text/calendar"
	}
	return ""
}

// readVCard writes one line for each property, unfolded, decoded and unescaped.
func readVCard(r *reading) error {
	var b strings.Builder
	var inner []File
	text := r.probe.text()[0].Text
	if plain := unfoldOctets(r.file.Data); len(plain) < len(r.file.Data) {
		text = charset.Read(plain, r.file.Charset)[0].Text
	}
	named := strings.Contains(text, "\nFN") || strings.Contains(text, "\nfn") // version 2.1 asks for none
	for _, line := range unfold(text) {
		if _, uri, ok := strings.Cut(line, `="data:`); ok { // a parameter (RFC 5545, 3.2.1)
			uri, _, _ = strings.Cut(uri, `"`)
			if f, ok := dataURI("data:" + uri); ok {
				inner = append(inner, f)
			}
		}
		head, value, ok := strings.Cut(line, ":")
		if !ok {
			b.WriteString(line + "\n")
			continue
		}
		params := strings.ToUpper(head)
		switch {
		case strings.Contains(params, "QUOTED-PRINTABLE"):
			raw, _ := io.ReadAll(quotedprintable.NewReader(strings.NewReader(value)))
			_, label, _ := strings.Cut(params, "CHARSET=")
			label, _, _ = strings.Cut(label, ";")
			value = charset.Read(raw, label)[0].Text
		case strings.Contains(params, "ENCODING=B"):
			if data, err := base64.StdEncoding.DecodeString(cleanBase64(value)); err == nil {
				name, _, _ := strings.Cut(head, ";")
				inner = append(inner, File{Name: strings.ToLower(name), Data: data})
				value = ""
				if d := charset.Read(data, ""); !charset.IsBinary(data) && d[0].Bad == 0 {
					value = d[0].Text
				}
			}
		}
		if strings.HasPrefix(strings.ToLower(value), "data:") {
			if f, ok := dataURI(value); ok {
				inner = append(inner, f)
			}
		}
		if strings.Contains(params, "TEXT/HTML") {
			inner = append(inner, File{Name: strings.ToLower(head[:strings.IndexAny(head+";", ";")]), DeclaredType: "text/html", Charset: "utf-8", Data: []byte(value)})
		}
		value = strings.NewReplacer(`\n`, "\n", `\N`, "\n", `\,`, ",", `\;`, ";", `\\`, `\`).Replace(value)
		b.WriteString(head + ": " + value + "\n")
		if head, _, _ := strings.Cut(params, ";"); head == "N" && !named {
			b.WriteString("FN: " + fullName(value) + "\n")
		}
	}
	if err := r.plain("", valid(b.String())); err != nil {
		return err
	}
	for _, f := range inner {
		if err := r.s.budget.entry(); err != nil {
			return err
		}
		r.child(f)
	}
	return nil
}

// fullName is the name in the parts of N: family, given (RFC 6350, 6.2.2).
func fullName(parts string) string {
	family, rest, _ := strings.Cut(parts, ";")
	given, _, _ := strings.Cut(rest, ";")
	return strings.TrimSpace(family + " " + given)
}

// unfoldOctets joins continued lines octet by octet (RFC 5545 3.1: a fold may
// stand inside a character).
func unfoldOctets(data []byte) []byte {
	data = bytes.ReplaceAll(data, []byte("\r\n "), nil)
	return bytes.ReplaceAll(data, []byte("\r\n\t"), nil)
}

// unfold joins continued lines: those that begin with a blank, and after a soft
// break of quoted-printable the next one.
func unfold(text string) []string {
	var out []string
	var line []byte // the logical line so far, which may go on for megabytes
	open, quoted := false, false
	for l := range strings.Lines(text) {
		l = strings.TrimRight(l, "\r\n")
		switch {
		case open && l != "" && (l[0] == ' ' || l[0] == '\t'):
			line = append(line, l[1:]...)
			quoted = quoted || len(line) < 1<<10 && isQuoted(string(line))
			continue
		case open && quoted && bytes.HasSuffix(line, []byte("=")):
			line = append(line[:len(line)-1], l...)
			continue
		case open:
			out = append(out, string(line))
		}
		line, open = append(line[:0], l...), true
		quoted = isQuoted(l)
	}
	if open {
		out = append(out, string(line))
	}
	return out
}

func isQuoted(line string) bool { return strings.Contains(strings.ToUpper(line), "QUOTED-PRINTABLE") }
