package notify

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"strings"
	"time"

	"github.com/emersion/go-message"
	"github.com/emersion/go-message/mail"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
)

//go:embed letter.html
var pages embed.FS

// letter is a notice before it becomes a mail: the same lines in both languages.
type letter struct {
	subject policy.Text
	lines   []line
}

// line is one line of a notice: a labelled value, a sentence without a label, or
// a link with its label.
type line struct {
	label, text policy.Text
	link        string
}

func (l *letter) say(text policy.Text) { l.lines = append(l.lines, line{text: text}) }

func (l *letter) row(label, value policy.Text) {
	if !value.IsZero() {
		l.lines = append(l.lines, line{label: label, text: value})
	}
}

func (l *letter) act(label policy.Text, link string) {
	l.lines = append(l.lines, line{label: label, link: link})
}

// languages are the two of the product, the reader's own first.
func languages(first string) []string {
	if first == "ja" {
		return []string{"ja", "en"}
	}
	return []string{"en", "ja"}
}

// rule stands between the languages.
var rule = strings.Repeat("-", columns)

// plain is the text form.
func (l letter) plain(first string) string {
	var b strings.Builder
	for i, lang := range languages(first) {
		if i > 0 {
			title := strings.Join(wrap(shorten(l.subject.In(lang), maxSubject), "  "), "\r\n")
			fmt.Fprintf(&b, "\r\n%s\r\n\r\n%s\r\n\r\n", rule, title)
		}
		for _, ln := range l.lines {
			for _, out := range ln.plain(lang) {
				b.WriteString(out)
				b.WriteString("\r\n")
			}
		}
	}
	return b.String()
}

func (ln line) plain(lang string) []string {
	label, text := printable(ln.label.In(lang)), printable(ln.text.In(lang))
	switch {
	case ln.link != "":
		return append(wrap(label+":", "  "), ln.link)
	case label == "":
		return wrap(text, "")
	}
	return wrap(label+": "+text, "  ")
}

// page is what the HTML form is made from.
type page struct {
	Lang  string
	Parts []pagePart
}

type pagePart struct {
	Lang, Title string
	Lines       []pageLine
}

type pageLine struct{ Label, Text, Link string }

// html is the alternative form: no picture, no script, nothing from elsewhere.
func (l letter) html(first string) (string, error) {
	p := page{Lang: languages(first)[0]}
	for i, lang := range languages(first) {
		part := pagePart{Lang: lang}
		if i > 0 {
			part.Title = shorten(l.subject.In(lang), maxSubject)
		}
		for _, ln := range l.lines {
			part.Lines = append(part.Lines, pageLine{printable(ln.label.In(lang)), printable(ln.text.In(lang)), ln.link})
		}
		p.Parts = append(p.Parts, part)
	}
	t, err := template.ParseFS(pages, "letter.html")
	if err != nil {
		return "", fmt.Errorf("read notice page: %w", err)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, p); err != nil {
		return "", fmt.Errorf("write notice page: %w", err)
	}
	return strings.ReplaceAll(b.String(), "\n", "\r\n"), nil
}

// maxSubject keeps a subject to what mail clients show, in columns.
const maxSubject = 150

// stationery is what all notices of a site have in common.
type stationery struct {
	from    email.Address
	name    string // display name of from
	replyTo email.Address
	host    string
	marker  Marker
}

// mail writes the notice for one reader and the envelope it travels in: from
// the null path, so that nothing ever answers it.
func (s stationery) mail(l letter, to policy.Party, reference email.ID, now time.Time) (email.Envelope, []byte, error) {
	h := s.header(l, to, reference, now)
	html, err := l.html(to.Language)
	if err != nil {
		return email.Envelope{}, nil, err
	}
	var out bytes.Buffer
	w, err := message.CreateWriter(&out, h)
	if err != nil {
		return email.Envelope{}, nil, fmt.Errorf("begin notice: %w", err)
	}
	for _, part := range []struct{ kind, text string }{{"text/plain", l.plain(to.Language)}, {"text/html", html}} {
		if err := writePart(w, part.kind, part.text); err != nil {
			return email.Envelope{}, nil, err
		}
	}
	if err := w.Close(); err != nil {
		return email.Envelope{}, nil, fmt.Errorf("end notice: %w", err)
	}
	env := email.Envelope{ID: email.NewID(now), Received: now,
		Recipients: []email.Recipient{{Address: to.Address, Options: email.RecipientOptions{Notify: []string{"NEVER"}}}}}
	env.Options.UTF8 = strings.ContainsFunc(to.Address.String(), func(r rune) bool { return r >= 0x80 })
	env.Options.EightBit = env.Options.UTF8
	return env, out.Bytes(), nil
}

func writePart(w *message.Writer, kind, text string) error {
	var h message.Header
	h.SetContentType(kind, map[string]string{"charset": "utf-8"})
	h.Set("Content-Transfer-Encoding", "base64")
	p, err := w.CreatePart(h)
	if err != nil {
		return fmt.Errorf("begin part of notice: %w", err)
	}
	if _, err := p.Write([]byte(text)); err != nil {
		return fmt.Errorf("write part of notice: %w", err)
	}
	if err := p.Close(); err != nil {
		return fmt.Errorf("end part of notice: %w", err)
	}
	return nil
}

func (s stationery) header(l letter, to policy.Party, reference email.ID, now time.Time) message.Header {
	var h mail.Header
	h.SetDate(now)
	h.SetAddressList("From", []*mail.Address{{Name: s.name, Address: s.from.String()}})
	h.SetAddressList("To", []*mail.Address{{Name: oneLine(to.Name), Address: to.Address.String()}})
	if !s.replyTo.IsNull() {
		h.SetAddressList("Reply-To", []*mail.Address{{Address: s.replyTo.String()}})
	}
	h.SetSubject(shorten(l.subject.In(to.Language), maxSubject))
	h.SetMessageID(string(email.NewID(now)) + "@" + s.host)
	h.Set("Auto-Submitted", "auto-generated") // RFC 3834 section 5
	h.Set("X-Auto-Response-Suppress", "All")  // Exchange's way to say it
	h.Set("X-Sekisho-Reference", string(reference))
	h.Set(MarkHeader, s.marker.mark(h.Get("Message-Id"), h.Get("Date"), to.Address))
	h.SetContentType("multipart/alternative", nil)
	return h.Header
}
