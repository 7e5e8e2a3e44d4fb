package mime

import (
	"bytes"
	"slices"
	"strings"

	"github.com/sekisho-mail/sekisho/policy/charset"
)

// field is one header field; value is raw, still folded.
type field struct {
	name  string // as written, trimmed
	key   string // name in lower case
	value []byte
	loose bool // blank before the colon, which some programs do not accept
	trace bool // one that relays add, see isTrace
	// decoded is the text of a value with encoded words, once somebody has read it.
	decoded string
	// kind and params are what parseParams gives of a value, once somebody has asked.
	parsed bool
	kind   string
	params []param
}

// withParams is the value as a type with parameters, taken apart once.
func (f *field) withParams() (kind string, params []param) {
	if !f.parsed && len(f.value) > 0 {
		f.kind, f.params = parseParams(unfold(f.value))
		f.parsed = true
	}
	return f.kind, f.params
}

// text is the value unfolded and decoded.
func (f *field) text() string {
	if f.decoded != "" {
		return f.decoded
	}
	return decodeText(unfold(f.value))
}

// unfold takes the line ends out (RFC 5322 section 2.2.3).
func unfold(v []byte) []byte {
	v = bytes.TrimSpace(v)
	if bytes.IndexByte(v, '\n') < 0 && bytes.IndexByte(v, '\r') < 0 {
		return v
	}
	out := make([]byte, 0, len(v))
	for _, c := range v {
		if c != '\n' && c != '\r' {
			out = append(out, c)
		}
	}
	return out
}

// first gives the first field with that key, an empty one without, and how many there
// are whose value differs from it.
func first(fields []field, key string) (f *field, others int) {
	for i := range fields {
		switch g := &fields[i]; {
		case g.key != key:
		case f == nil:
			f = g
		case !bytes.Equal(unfold(f.value), unfold(g.value)):
			others++
		}
	}
	if f == nil {
		f = &noField
	}
	return f, others
}

func last(fields []field, key string) *field {
	for i := len(fields) - 1; i >= 0; i-- {
		if fields[i].key == key {
			return &fields[i]
		}
	}
	return &noField
}

// noField stands for one that is not there; nobody writes into it.
var noField field

// addLine takes one raw line of a header block, line end included. ok is false
// for a line that is neither a field nor the continuation of one.
func addLine(fields []field, block []byte, start, end int) (_ []field, ok bool) {
	line := block[start:end]
	if isBlank(line[0]) && len(fields) > 0 {
		f := &fields[len(fields)-1]
		// Lines of one field lie side by side, so the value grows in place.
		f.value = f.value[:len(f.value)+len(line)]
		return fields, true
	}
	n := 0
	for n < len(line) && line[n] > ' ' && line[n] < 0x7f && line[n] != ':' { // RFC 5322 section 2.2
		n++
	}
	colon := n
	for colon < len(line) && isBlank(line[colon]) {
		colon++
	}
	if n == 0 || colon == len(line) || line[colon] != ':' {
		return append(fields, field{value: line}), false
	}
	f, known := usualNames[string(line[:n])]
	if !known {
		f = named(string(line[:n]))
	}
	f.value, f.loose = block[start+colon+1:end], colon != n
	return append(fields, f), true
}

func named(name string) field {
	key := strings.ToLower(name)
	return field{name: name, key: key, trace: isTrace(key)}
}

// usualNames are fields of nearly every mail, spelt as nearly every program does.
var usualNames = makeUsualNames("From", "To", "Cc", "Subject", "Date", "Message-ID", "Message-Id", "MIME-Version", "Mime-Version",
	"Content-Type", "Content-Transfer-Encoding", "Content-Disposition", "Content-Language", "Content-ID", "Received", "Return-Path",
	"Reply-To", "In-Reply-To", "References", "User-Agent", "X-Mailer", "DKIM-Signature", "Sender", "Thread-Topic", "Thread-Index",
	"Accept-Language", "X-MS-Has-Attach", "X-MS-TNEF-Correlator", "X-Google-DKIM-Signature", "X-Gm-Message-State", "X-Received",
	"ARC-Seal", "ARC-Message-Signature", "ARC-Authentication-Results", "Authentication-Results", "X-Originating-IP", "Importance",
	"X-Priority", "Bcc", "Content-Description", "List-Unsubscribe", "Precedence", "Auto-Submitted")

func makeUsualNames(names ...string) map[string]field {
	m := make(map[string]field, len(names))
	for _, n := range names {
		m[n] = named(n)
	}
	return m
}

func fieldName(b []byte) bool {
	for _, c := range b {
		if c <= ' ' || c >= 0x7f { // RFC 5322 section 2.2
			return false
		}
	}
	return len(b) > 0
}

// headerText is the block as text for scanning. Fields that machines write come
// last, so that what people wrote stands together.
func headerText(fields []field) []byte {
	size := 0
	for i := range fields {
		size += len(fields[i].name) + len(fields[i].value) + len(": \n")
	}
	out := make([]byte, 0, size)
	for _, machines := range [...]bool{false, true} {
		for i := range fields {
			if fields[i].trace == machines {
				out = appendFieldText(out, &fields[i])
			}
		}
	}
	return out
}

// appendFieldText writes one field as a line, and another one where its value can
// be read in another way.
func appendFieldText(out []byte, f *field) []byte {
	if f.name != "" {
		out = append(append(out, f.name...), ": "...)
	}
	value := unfold(f.value)
	if !hasWord(value) && (isPlain("", value) || f.trace && isASCII(value) && !charset.HasControls(value)) {
		// As decodeText would read it. Signatures look like UTF-7, and what relays write
		// nobody shows as that: to read them so took a sixth of judging a usual mail.
		return appendHosts(append(append(out, value...), '\n'), value)
	}
	words := wordsOf(value)
	f.decoded = textOf(words)
	out = append(append(out, f.decoded...), '\n')
	for _, other := range otherTexts(value, words, f.decoded) {
		out = append(append(out, other...), '\n')
	}
	return appendHosts(out, value)
}

// partHeaderText is headerText for the header of a part: the fields that only
// describe the structure are left out, file names are added decoded. The fields of a
// mail itself have a node of their own; mail leaves them out.
func partHeaderText(fields []field, mail bool, names ...string) []byte {
	var out []byte
	if !mail {
		var rest []field
		for _, f := range fields {
			if !isOrdinary(f) {
				rest = append(rest, f)
			}
		}
		out = headerText(rest)
	}
	for i, n := range names {
		if n != "" && (i == 0 || n != names[0]) {
			out = append(out, "filename: "+n+"\n"...)
		}
	}
	for i := range fields {
		if f := &fields[i]; (f.key == "content-type" || f.key == "content-disposition") && !saysNothing(f.value) {
			out = append(out, paramTexts(f, names, mail)...)
		}
	}
	return out
}

// saysNothing tells a value with at most one parameter, which is about the structure, as
// most have: no need to take it apart.
func saysNothing(value []byte) bool {
	kind, param, _ := bytes.Cut(value, []byte(";"))
	if bytes.IndexByte(kind, '=') >= 0 {
		return false
	}
	if param = bytes.TrimSpace(param); len(param) == 0 {
		return true
	}
	name, _, _ := bytes.Cut(param, []byte("="))
	return (bytes.EqualFold(name, []byte("charset")) || bytes.EqualFold(name, []byte("boundary"))) && !bytes.ContainsAny(param, " \t\r\n;(*%")
}

// isOrdinary tells a field that describes the structure and can say nothing else:
// no comment, no raw text.
func isOrdinary(f field) bool {
	const longestID = 200
	switch {
	case !isStructure(f.key) || !isASCII(f.value) || bytes.IndexByte(f.value, '(') >= 0:
		return false
	case f.key == "content-type", f.key == "content-disposition":
		return true // see paramTexts
	}
	v := unfold(f.value)
	return len(v) <= longestID && bytes.IndexByte(v, ' ') < 0
}

// isStructure tells the fields that describe the structure, by their names in
// lower case.
func isStructure(name string) bool {
	switch name {
	case "content-type", "content-transfer-encoding", "content-disposition", "content-id", "mime-version",
		"x-attachment-id", "content-length", "content-location", "x-mime-autoconverted":
		return true
	}
	return false
}

// paramTexts is the text of the parameters that no mail program acts upon, which
// could carry anything, and of the file names that names leaves out. For a mail
// itself what is not encoded stands in its header already.
func paramTexts(f *field, names []string, mail bool) string {
	var b strings.Builder
	add := func(label, text string) {
		if text != "" && !slices.Contains(names, text) {
			b.WriteString(label + ": " + text + "\n")
		}
	}
	_, params := f.withParams()
	if whole := sewn(unfold(f.value)); whole != nil { // they may lie outside of what is a parameter to us
		add("filename", decodeText(whole))
	}
	for _, p := range params {
		name, _, escaped := strings.Cut(p.name, "*")
		value := []byte(p.value)
		if escaped {
			value = unpercent(p.value)
		}
		switch name {
		case "name", "filename":
			if escaped && p.name != name+"*" {
				continue // a piece of one; joined below
			}
			words := wordsOf(value)
			for _, other := range otherTexts(value, words, textOf(words)) {
				add("filename", other)
			}
		case "charset", "boundary", "format", "delsp", "type", "method", "size", "micalg",
			"protocol", "smime-type", "report-type", "creation-date", "modification-date", "read-date",
			"start", "start-info", "reply-type", "component", "x-unix-mode", "x-mac-type", "x-mac-creator":
		default:
			if !mail || escaped {
				add(name, decodeText(value))
			}
		}
	}
	var inside []param
	if hasWord(f.value) { // whole parameters may stand in them, see parse
		_, inside = parseParams([]byte(decodeText(unfold(f.value))))
	}
	for _, params := range [...][]param{params, inside} {
		for _, name := range [...]string{"name", "filename"} {
			for _, text := range extendedTexts(params, name) {
				add("filename", text)
			}
		}
	}
	return b.String()
}

// isTrace tells the fields that relays add or change on the way: they differ
// between copies of one mail, by their names in lower case. Closed list; other X-
// fields count as content.
func isTrace(name string) bool {
	switch name {
	case "received", "return-path", "delivered-to", "x-original-to", "bcc", "x-received", "received-spf",
		"authentication-results", "dkim-signature", "dkim-filter", "domainkey-signature", "x-originating-ip",
		"x-originatororg", "x-forefront-antispam-report", "x-gm-message-state", "x-google-smtp-source",
		"x-google-dkim-signature", "x-spam-status", "x-spam-level", "x-spam-checker-version", "x-virus-scanned",
		"x-env-sender", "x-rcpt-to", "x-envelope-to", "x-ms-traffictypediagnostic", "x-ms-publictraffictype",
		"x-ld-processed", "x-incomingtopheadermarker", "x-incomingheadercount", "resent-bcc":
		return true
	}
	for _, p := range [...]string{"arc-", "x-ms-exchange-", "x-microsoft-antispam", "x-ms-office365-", "x-gm-", "x-google-", "x-sekisho-"} {
		if strings.HasPrefix(name, p) {
			return true
		}
	}
	return false
}
