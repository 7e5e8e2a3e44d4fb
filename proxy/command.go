package proxy

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/sekisho-mail/sekisho/policy/email"
)

// command is one SMTP command line, read strictly.
type command struct {
	verb string // in upper case
	arg  string
}

// path is the argument of MAIL or RCPT: the address as it was written, and the
// ESMTP parameters behind it.
type path struct {
	address email.Address
	params  string // "SIZE=10 BODY=8BITMIME", without SIZE once it was read
	size    int64  // SIZE=, 0 when there was none
	// kind and original are ORCPT=, read; it is in params no more.
	kind, original string
}

var (
	errSyntax   = errors.New("proxy: command is not well formed")
	errNotASCII = errors.New("proxy: address needs SMTPUTF8")
	errSize     = errors.New("proxy: SIZE is larger than any mail")
	errNoSize   = errors.New("proxy: SIZE is no number")
	errUnknown  = errors.New("proxy: parameter is not known")
	errOriginal = errors.New("proxy: ORCPT is not well formed")
)

// The parameters that MAIL and RCPT may have here, beside SIZE and ORCPT; whether a
// value is one is go-smtp's to say.
var (
	senderParams    = []string{"BODY", "SMTPUTF8", "REQUIRETLS", "RET", "ENVID", "AUTH"}
	recipientParams = []string{"NOTIFY"}
)

// parseCommand splits a line. NUL, CR and other control characters are refused
// in any command; octets above 127 only outside MAIL and RCPT, whose addresses
// may have them.
func parseCommand(line []byte) (command, error) {
	for _, c := range line {
		if c < ' ' && c != '\t' || c == 0x7f {
			return command{}, errSyntax
		}
	}
	verb, arg, _ := strings.Cut(string(line), " ")
	if verb == "" || len(verb) > 16 || !letters(verb) {
		return command{}, errSyntax
	}
	return command{verb: strings.ToUpper(verb), arg: strings.Trim(arg, " \t")}, nil
}

func letters(s string) bool {
	for i := range len(s) {
		if c := s[i] | 0x20; c < 'a' || c > 'z' {
			return false
		}
	}
	return true
}

// parsePath reads "FROM:<a@b.example> SIZE=10" or "TO:<...>". A blank behind the
// colon is let pass, since senders in use write it; angle brackets must be there
// and a blank must stand behind them, so that nobody reads another address than
// we do. A source route is dropped as RFC 5321 appendix C asks.
func parsePath(arg, keyword string) (path, error) {
	if len(arg) < len(keyword) || !strings.EqualFold(arg[:len(keyword)], keyword) {
		return path{}, errSyntax
	}
	arg = strings.TrimLeft(arg[len(keyword):], " ")
	end := closingBracket(arg)
	if end < 0 || !utf8.ValidString(arg) {
		return path{}, errSyntax
	}
	mailbox, params := arg[1:end], arg[end+1:]
	if params != "" && params[0] != ' ' {
		return path{}, errSyntax
	}
	if strings.HasPrefix(mailbox, "@") {
		_, after, ok := strings.Cut(mailbox, ":")
		if !ok {
			return path{}, errSyntax
		}
		mailbox = after
	}
	a, err := email.ParseAddress(mailbox)
	if err != nil {
		return path{}, errSyntax
	}
	p, known := path{address: a}, recipientParams
	if keyword == "FROM:" {
		known = senderParams
		p.params, p.size, err = cutSize(params)
	} else {
		p.params, p.kind, p.original, err = cutOriginal(params)
	}
	if err != nil {
		return path{}, err
	}
	if !onlyParams(p.params, known) {
		return path{}, errUnknown
	}
	if !ascii(mailbox) && !hasParam(p.params, "SMTPUTF8") && keyword == "FROM:" {
		return path{}, errNotASCII
	}
	return p, nil
}

// closingBracket finds the '>' that ends the path; one inside a quoted local
// part does not.
func closingBracket(s string) int {
	if s == "" || s[0] != '<' {
		return -1
	}
	quoted := false
	for i := 1; i < len(s); i++ {
		switch {
		case quoted && s[i] == '\\':
			i++
		case s[i] == '"':
			quoted = !quoted
		case s[i] == '>' && !quoted:
			return i
		}
	}
	return -1
}

// cutSize reads SIZE= (RFC 1870) and takes it out of the parameters. A number
// that is too large for any machine is a size that is too large, not an error
// of syntax.
func cutSize(params string) (rest string, size int64, err error) {
	rest, values := cutNamed(params, "SIZE")
	for _, value := range values {
		size, err = strconv.ParseInt(value, 10, 64)
		switch {
		case errors.Is(err, strconv.ErrRange) && value[0] != '-':
			return "", 0, errSize
		case err != nil, size < 0, value[0] == '+':
			return "", 0, errNoSize
		}
	}
	return rest, size, nil
}

// cutNamed takes the parameters of one name, in any case, out of those of a command.
func cutNamed(params, name string) (rest string, values []string) {
	var kept []string
	for _, p := range strings.Fields(params) {
		if key, value, _ := strings.Cut(p, "="); strings.EqualFold(key, name) {
			values = append(values, value)
		} else {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, " "), values
}

// cutOriginal reads ORCPT= (RFC 3461 section 4.2, RFC 6533 section 3) and takes it out
// of the parameters: go-smtp knows two types only, and no octet above 127 in the first
// of them, which Postfix writes into all mail to an international address.
func cutOriginal(params string) (rest, kind, original string, err error) {
	rest, values := cutNamed(params, "ORCPT")
	for _, value := range values {
		var coded string
		kind, coded, _ = strings.Cut(value, ";")
		kind = strings.ToLower(kind)
		decode := unxtext
		if kind == "utf-8" {
			decode = unembed
		}
		var ok bool
		if original, ok = decode(coded); !ok || original == "" || !atom(kind) {
			return "", "", "", errOriginal
		}
	}
	return rest, kind, original, nil
}

// atom tells that a type is a word (RFC 3461 section 4.2).
func atom(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && !strings.ContainsRune("!#$%&'*+-/=?^_`{|}~", r)
	}) < 0
}

// unembed reads utf-8-addr-xtext and utf-8-addr-unitext (RFC 6533 section 3):
// characters may be written \x{5C71}.
func unembed(s string) (string, bool) {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(s, `\`)
		b.WriteString(before)
		if !found {
			return b.String(), true
		}
		digits, rest, closed := strings.Cut(after, "}")
		digits, opened := strings.CutPrefix(digits, "x{")
		n, err := strconv.ParseUint(digits, 16, 21)
		if err != nil || !opened || !closed || n < ' ' || n == 0x7f || !utf8.ValidRune(rune(n)) { // controls: as in xtext
			return "", false
		}
		b.WriteRune(rune(n))
		s = rest
	}
}

// onlyParams tells whether all parameters are known.
func onlyParams(params string, known []string) bool {
	for _, p := range strings.Fields(params) {
		key, _, _ := strings.Cut(p, "=")
		if !slices.Contains(known, strings.ToUpper(key)) {
			return false
		}
	}
	return true
}

func hasParam(params, name string) bool {
	for _, p := range strings.Fields(params) {
		key, _, _ := strings.Cut(p, "=")
		if strings.EqualFold(key, name) {
			return true
		}
	}
	return false
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
