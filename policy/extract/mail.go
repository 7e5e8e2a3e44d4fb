package extract

import (
	"bytes"
	"strings"

	"github.com/sekisho-mail/sekisho/policy"
)

// isMail takes a nested mail: declared as one, named as one, or beginning with
// header lines that only a mail has.
func isMail(p *probe) string {
	const typ, headersOnly = "message/rfc822", "text/rfc822-headers" // RFC 3462
	if len(p.data) == 0 || p.file.Kind == policy.HeaderText || p.file.Kind == policy.BodyText && !p.declared(typ, "message/global", headersOnly) {
		return ""
	}
	if p.declared(typ, "message/global", "message/news", headersOnly) {
		return typ
	}
	if p.named(".txt", ".md", ".log", ".yaml", ".yml") {
		return "" // a program that opens it shows it as it stands
	}
	if mailHeaderScore(p.data) >= 2 || p.named(".eml") && len(p.text()) > 0 || p.named(".mht", ".mhtml", ".nws") && hasField(p.data) {
		return typ
	}
	return ""
}

// hasField tells a line in front of the first empty one that could be a field, of any name.
func hasField(data []byte) bool {
	for line := range bytes.Lines(data[:min(len(data), 8192)]) {
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			return false
		}
		if field, _, ok := bytes.Cut(line, []byte(":")); ok && len(field) > 0 && !bytes.ContainsAny(field, " \t<>\"") {
			return true
		}
	}
	return false
}

// mailHeaderScore counts the different mail header fields at the beginning.
func mailHeaderScore(data []byte) int {
	head := data[:min(len(data), 8192)]
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), "\r\n")
	seen := map[string]bool{}
	for line := range bytes.Lines(head) {
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			break
		}
		if line[0] == ' ' || line[0] == '\t' || bytes.HasPrefix(line, []byte("From ")) {
			continue
		}
		field, _, ok := bytes.Cut(line, []byte(":"))
		if field = bytes.TrimRight(field, " \t"); !ok || bytes.ContainsAny(field, " \t,\"") {
			return 0
		}
		switch name := strings.ToLower(string(field)); name {
		case "received", "return-path", "message-id", "mime-version", "content-type", "from", "to", "subject", "date",
			"delivered-to", "dkim-signature", "content-transfer-encoding", "reply-to", "cc":
			seen[name] = true
		}
	}
	return len(seen)
}

// readMail hands the mail to the MIME room and reads the leaves it gives back.
func readMail(r *reading) error {
	if r.s.x.Mail == nil {
		return errUnsupported
	}
	files, parts := r.s.x.Mail(r.ctx, r.file)
	r.res.Parts = append(r.res.Parts, parts...)
	for _, f := range files {
		if f.Where == "" {
			f.Where = strings.Trim(r.file.Where+" / "+f.Name, " /")
		}
		f.View = strings.TrimSpace(r.file.View + " " + f.View)
		f.Hidden = f.Hidden || r.file.Hidden
		f.Encrypted = f.Encrypted || r.file.Encrypted
		r.descend(f, 0)
	}
	return nil
}
