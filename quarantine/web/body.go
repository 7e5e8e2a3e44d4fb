package web

import (
	"fmt"
	"net/http"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/microcosm-cc/bluemonday"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/charset"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/policy/mime"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// BodyView is a mail's text as it was opened for somebody.
type BodyView struct {
	Raw   bool
	Until Moment
	// Subject is as in the mail where Raw.
	Subject string
	Parts   []TextView
	// HTML: the mail has an HTML body, which a frame can show.
	HTML bool
}

// TextView is the text of one part.
type TextView struct {
	Part  string
	Where string
	Body  bool // what the sender wrote, as against a file
	// Pieces are the text; marked ones are findings.
	Pieces []Piece
	// Quoted is the quoted end of a mail, folded away.
	Quoted  []Piece
	Cut     bool
	Problem string
}

// Piece is a run of text.
type Piece struct {
	Text string
	// Kind names the finding, "" for plain text.
	Kind string
}

// maxText is how much text of a part a page shows, in characters.
const maxText = 20_000

// doOpen opens the text for some minutes and writes that down first: masked
// without a reason, as it is with the right and a reason.
func (c *call) doOpen() error {
	raw := c.r.PostFormValue("raw") != ""
	e := quarantine.Event{Hold: c.hold.ID, Verb: quarantine.VerbView, By: c.actor(ActText)}
	if raw {
		if !c.may(ActUnmask) {
			return errForbidden
		}
		reason, err := c.reason()
		if err != nil {
			return err
		}
		if err := c.prove(ActUnmask); err != nil {
			return err
		}
		e = quarantine.Event{Hold: c.hold.ID, Verb: quarantine.VerbUnmask, By: c.actor(ActUnmask), Reason: reason}
	}
	if err := c.note(e); err != nil {
		return err
	}
	if err := c.giveTicket(c.hold.ID, raw); err != nil {
		return err
	}
	return c.see(holdPath(c.hold.ID) + "#text")
}

// doClose closes the text again.
func (c *call) doClose() error {
	delete(c.state.Tickets, c.hold.ID)
	if err := c.s.saveState(c.ctx(), c.state); err != nil {
		return err
	}
	return c.see(holdPath(c.hold.ID))
}

// minReason is how long a reason must be at least, in characters.
const minReason = 4

func (c *call) reason() (string, error) {
	s := strings.TrimSpace(c.r.PostFormValue("reason"))
	if n := utf8.RuneCountInString(s); n < minReason || n > maxComment {
		return "", wrong("reason.missing")
	}
	return s, nil
}

// bytes opens the original of the first copy.
func (c *call) bytes() (email.Body, error) {
	if len(c.hold.Copies) == 0 {
		return nil, quarantine.ErrNotFound
	}
	b, err := c.s.o.Bodies.Body(c.ctx(), c.hold.Copies[0], 1)
	if err != nil {
		return nil, fmt.Errorf("open body: %w", err)
	}
	return b, nil
}

func (c *call) openBody(t ticket) (*BodyView, error) {
	body, err := c.bytes()
	if err != nil {
		return nil, err
	}
	r, err := c.s.o.Render(c.ctx(), c.hold.Copies[0].Envelope, body)
	if err != nil {
		return nil, fmt.Errorf("render mail: %w", err)
	}
	v := &BodyView{Raw: t.Raw, Until: c.words.when(t.Until), Subject: c.hold.Subject}
	if t.Raw {
		v.Subject = c.hold.Facts.Header.Subject
	}
	for _, p := range r.Parts {
		v.HTML = v.HTML || p.Part.Type == "text/html" && !p.Part.Attachment && p.Part.View == ""
		if !shownPart(p) {
			continue
		}
		v.Parts = append(v.Parts, c.words.text(p, t.Raw, c.words.partName(c.hold, p.Part.Path)))
	}
	return v, nil
}

// shownPart: header blocks, further readings and what has nothing to read are
// not shown.
func shownPart(p policy.RenderedPart) bool {
	header := p.Part.Path == "0/h" || strings.HasSuffix(p.Part.Path, "/h")
	return !header && p.Part.View == "" && (p.Text != "" || p.Part.Problem != policy.NoProblem)
}

// text makes the pieces of one part. Masked, a finding is starred; every run of
// digits too, since what no detector knows may still be a secret.
func (r reader) text(p policy.RenderedPart, raw bool, where string) TextView {
	v := TextView{Part: p.Part.Path, Where: where, Body: !p.Part.Attachment && !strings.Contains(p.Part.Where, " / ") && p.Part.Name == ""}
	if p.Part.Problem != policy.NoProblem {
		v.Problem = r.or("part-problem."+string(p.Part.Problem), string(p.Part.Problem))
	}
	runes := []rune(p.Text)
	if len(runes) > maxText {
		runes, v.Cut = runes[:maxText], true
	}
	found := slices.Clone(p.Findings)
	slices.SortFunc(found, func(a, b policy.Finding) int { return a.Place.Start - b.Place.Start })
	k := cutter{v: &v, runes: runes, split: len(runes), raw: raw}
	if v.Body {
		k.split = quoteStart(runes)
	}
	for _, f := range found {
		if f.Place.Start < k.at || f.Place.End > len(runes) || f.Place.End <= f.Place.Start {
			continue
		}
		k.add(f.Place.Start, "", "")
		k.add(f.Place.End, r.typeName(f), f.Masked.String())
	}
	k.add(len(runes), "", "")
	return v
}

// cutter cuts a text into pieces; what lies behind split is quoted.
type cutter struct {
	v         *TextView
	runes     []rune
	at, split int
	raw       bool
}

// add takes the text up to end, a finding when it has a kind.
func (k *cutter) add(end int, kind, masked string) {
	for k.at < end {
		stop := end
		if k.at < k.split && k.split < end && kind == "" {
			stop = k.split
		}
		text := string(k.runes[k.at:stop])
		switch {
		case k.raw:
		case kind != "":
			text = masked
		default:
			text = starDigits(text)
		}
		if piece := (Piece{Text: text, Kind: kind}); k.at < k.split {
			k.v.Pieces = append(k.v.Pieces, piece)
		} else {
			k.v.Quoted = append(k.v.Quoted, piece)
		}
		k.at = stop
	}
}

// quoteStart finds where a reply begins to quote: the first of at least two
// lines with ">" or a divider of a mail program.
func quoteStart(runes []rune) int {
	at, run, runAt := 0, 0, 0
	for line := range strings.SplitAfterSeq(string(runes), "\n") {
		text := strings.TrimSpace(line)
		quoted := strings.HasPrefix(text, ">") || strings.HasPrefix(text, "＞")
		divider := strings.HasPrefix(text, "-----Original Message") || strings.HasPrefix(text, "-----元のメッセージ") || strings.HasPrefix(text, "________________")
		if divider && at > 0 {
			return at
		}
		if quoted {
			if run++; run == 1 {
				runAt = at
			}
			if run >= 2 && runAt > 0 {
				return runAt
			}
		} else if text != "" {
			run = 0
		}
		at += utf8.RuneCountInString(line)
	}
	return len(runes)
}

// starDigits hides runs of four digits and more, full width too.
func starDigits(s string) string {
	out := []rune(s)
	for i := 0; i < len(out); {
		j := i
		for j < len(out) && unicode.IsDigit(out[j]) {
			j++
		}
		if j-i >= 4 {
			for k := i; k < j; k++ {
				out[k] = '*'
			}
		}
		i = max(j, i+1)
	}
	return string(out)
}

// strict reads the structure of the original with our own reader alone.
func (c *call) strict() (*mime.Reading, error) {
	body, err := c.bytes()
	if err != nil {
		return nil, err
	}
	raw, err := email.ReadBody(body, maxRead)
	if err != nil {
		return nil, fmt.Errorf("read body: %w", err)
	}
	return mime.Strict(raw, c.s.o.Limits), nil
}

// maxRead bounds a mail that is read into memory for a download.
const maxRead = 256 << 20

// showHTML answers with the sanitised HTML body, for a sandboxed frame. Only
// who has opened the text as it is gets it: HTML cannot be masked.
func (c *call) showHTML() error {
	if t := c.ticketFor(c.hold.ID); !t.Raw {
		return errNoTicket
	}
	r, err := c.strict()
	if err != nil {
		return err
	}
	for i := range r.Nodes {
		n := &r.Nodes[i]
		if n.Type != "text/html" || n.View != "" || n.Attachment || n.IsContainer {
			continue
		}
		h := c.w.Header()
		h.Set("Content-Security-Policy", framePolicy)
		h.Set("X-Frame-Options", "SAMEORIGIN")
		h.Set("Content-Type", "text/html; charset=utf-8")
		_, _ = c.w.Write([]byte("<!doctype html><meta charset=utf-8><title>HTML</title>")) // the browser has gone away if not
		_, _ = c.w.Write(mailPolicy().SanitizeBytes([]byte(charset.Read(n.Body(), n.Charset)[0].Text)))
		return nil
	}
	return errNoPage
}

// mailPolicy keeps text, tables and structure of an HTML mail. Images are gone:
// a remote one would tell the sender's server, and an inline one is a download.
func mailPolicy() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "hr", "div", "span", "b", "i", "u", "s", "em", "strong", "small", "sub", "sup", "pre", "code",
		"blockquote", "ul", "ol", "li", "dl", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6",
		"table", "thead", "tbody", "tfoot", "tr", "th", "td", "caption", "center", "font")
	p.AllowAttrs("colspan", "rowspan").Matching(bluemonday.Integer).OnElements("td", "th")
	p.SkipElementsContent("script", "style", "title", "object", "embed", "svg", "math", "iframe", "template", "noscript")
	return p
}

// doFile sends one attachment as a download, whatever it says it is.
func (c *call) doFile() error {
	if err := c.prove(ActFile); err != nil {
		return err
	}
	r, err := c.strict()
	if err != nil {
		return err
	}
	want := c.r.PostFormValue("part")
	for i := range r.Nodes {
		n := &r.Nodes[i]
		if n.Path != want || n.View != "" || n.IsContainer || n.IsHeader {
			continue
		}
		name := n.Name
		if name == "" {
			name = "part-" + strings.ReplaceAll(n.Path, "/", "-") + ".bin"
		}
		if err := c.note(quarantine.Event{Hold: c.hold.ID, Verb: quarantine.VerbFetch, By: c.actor(ActFile), Detail: "part " + n.Path}); err != nil {
			return err
		}
		return c.download(name, n.Body())
	}
	return errNoPage
}

// doOriginal sends the whole mail as it was received.
func (c *call) doOriginal() error {
	reason, err := c.reason()
	if err != nil {
		return err
	}
	if err := c.prove(ActOriginal); err != nil {
		return err
	}
	body, err := c.bytes()
	if err != nil {
		return err
	}
	raw, err := email.ReadBody(body, maxRead)
	if err != nil {
		return fmt.Errorf("read body: %w", err)
	}
	if err := c.note(quarantine.Event{Hold: c.hold.ID, Verb: quarantine.VerbFetch, By: c.actor(ActOriginal), Reason: reason, Detail: "original"}); err != nil {
		return err
	}
	return c.download(string(c.hold.ID)+".eml", raw)
}

// download sends bytes that a browser saves and never shows.
func (c *call) download(name string, data []byte) error {
	h := c.w.Header()
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Disposition", disposition(name))
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	h.Set("Content-Length", fmt.Sprint(len(data)))
	c.w.WriteHeader(http.StatusOK)
	_, _ = c.w.Write(data) // the browser has gone away if not
	return nil
}

// disposition names a download after RFC 6266, without path, control characters
// or the marks that turn writing around.
func disposition(name string) string {
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == utf8.RuneError {
			return -1
		}
		if strings.ContainsRune(`/\:*?"<>|`, r) {
			return '_'
		}
		return r
	}, path.Base(strings.ReplaceAll(name, `\`, "/")))
	name = strings.Trim(clip(name, 120), ". ")
	if name == "" {
		name = "download.bin"
	}
	ascii := strings.Map(func(r rune) rune {
		if r < 0x20 || r > 0x7e || r == '%' || r == '\'' || r == ';' {
			return '_'
		}
		return r
	}, name)
	return `attachment; filename="` + ascii + `"; filename*=UTF-8''` + extValue(name)
}

// extValue writes a value as RFC 8187 section 3.2.1 wants it.
func extValue(s string) string {
	const plain = "!#$&+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	var b strings.Builder
	for i := range len(s) {
		if strings.IndexByte(plain, s[i]) >= 0 {
			b.WriteByte(s[i])
		} else {
			fmt.Fprintf(&b, "%%%02X", s[i])
		}
	}
	return b.String()
}

type headersPage struct {
	ID    email.ID
	Text  string
	Cut   bool
	Until Moment
}

// maxHeader is how much of a header block a page shows, in octets.
const maxHeader = 256 << 10

// doHeaders shows the raw header lines, in answer to the POST alone.
func (c *call) doHeaders() error {
	reason, err := c.reason()
	if err != nil {
		return err
	}
	if err := c.prove(ActHeaders); err != nil {
		return err
	}
	r, err := c.strict()
	if err != nil {
		return err
	}
	if err := c.note(quarantine.Event{Hold: c.hold.ID, Verb: quarantine.VerbHeaders, By: c.actor(ActHeaders), Reason: reason}); err != nil {
		return err
	}
	p := headersPage{ID: c.hold.ID, Text: r.HeaderText()}
	if len(p.Text) > maxHeader {
		p.Text, p.Cut = strings.ToValidUTF8(p.Text[:maxHeader], ""), true
	}
	return c.render("headers", c.t("headers.title"), p)
}
