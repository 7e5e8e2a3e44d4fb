package extract

import (
	"encoding/base64"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Scripts and style sheets are not run. What they would show is looked for in
// their string literals, with escapes undone, pieces joined and base64 opened, and in
// lists of numbers.
//
// Not covered: text that is worked out (XOR, compression).

var (
	jsLiteral = regexp.MustCompile("\"(?:[^\"\\\\\n]|\\\\.)*\"|'(?:[^'\\\\\n]|\\\\.)*'|`(?:[^`\\\\]|\\\\.)*`")
	jsJoin    = regexp.MustCompile("[\"'`]\\s*\\+\\s*[\"'`]")
	jsUnit    = regexp.MustCompile(`\\x[0-9A-Fa-f]{2}|\\u\{[0-9A-Fa-f]{1,6}\}|(?:\\u[0-9A-Fa-f]{4})+`)
	percentU  = regexp.MustCompile(`(?:%u[0-9A-Fa-f]{4})+`)
	// jsDigits is a list of single digits, jsNumber a number that is put behind something.
	jsDigits  = regexp.MustCompile(`\[\s*["']?[0-9]["']?(?:\s*,\s*["']?[0-9]["']?){6,31}\s*\]`)
	jsNumber  = regexp.MustCompile(`\+\s*([0-9]{4,16})\b`)
	cssEscape = regexp.MustCompile(`\\([0-9A-Fa-f]{1,6})\s?`)
)

// maxLiterals bounds how many string literals of one page are looked at.
const maxLiterals = 20_000

// literals notes what the string literals of a script hold.
func (p *htmlReader) literals(script string) {
	script = jsDigits.ReplaceAllStringFunc(script, func(list string) string { return `"` + onlyDigits(list) + `"` })
	script = jsNumber.ReplaceAllString(script, `+"$1"`)
	p.drawn(script)
	for _, quoted := range jsLiteral.FindAllString(jsJoin.ReplaceAllString(script, ""), maxLiterals) {
		raw := quoted[1 : len(quoted)-1]
		if len(raw) < 8 {
			continue
		}
		plain := unescapeUnits(unescapeScript(raw))
		if decoded, err := url.PathUnescape(plain); err == nil && strings.Contains(plain, "%") {
			plain = decoded
		}
		if plain != raw || strings.Contains(script, "+") {
			p.b.note(plain)
		}
		if len(plain) >= 16 && strings.Trim(plain, base64Alphabet) == "" {
			if data, err := base64.StdEncoding.DecodeString(cleanBase64(plain)); err == nil && sensible(data, Formats()) {
				p.data = append(p.data, "data:;base64,"+plain)
			}
		}
		if strings.Contains(plain, "<") {
			p.pages = append(p.pages, plain)
		}
	}
}

// drawn notes the short literals of a script together, as a canvas shows them that they are
// drawn on one after the other.
func (p *htmlReader) drawn(script string) {
	const short, most = 48, 2000
	var all strings.Builder
	digits := 0
	for _, quoted := range jsLiteral.FindAllString(script, most) {
		plain := unescapeScript(quoted[1 : len(quoted)-1])
		if len(plain) > short || plain == "" {
			continue
		}
		digits += len(onlyDigits(plain))
		if utf8.RuneCountInString(plain) > 1 {
			all.WriteByte(' ')
		}
		all.WriteString(plain)
	}
	if digits >= leastSpelled {
		p.b.note(all.String())
	}
}

// onlyDigits is s without anything but its digits.
func onlyDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// numbers opens the lists of numbers in a script.
func (p *htmlReader) numbers(script string) {
	octets, texts := numbered(script, p.b.r.s.formats)
	for _, data := range octets {
		p.data = append(p.data, "data:;base64,"+base64.StdEncoding.EncodeToString(data))
	}
	for _, text := range texts {
		p.b.note(text)
	}
}

const base64Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=-_"

// unescapeScript undoes the escapes of ECMAScript strings (ECMA-262, 12.9.4).
func unescapeScript(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	s = jsUnit.ReplaceAllStringFunc(s, func(e string) string {
		if strings.HasPrefix(e, `\u`) && e[2] != '{' {
			return unitsText(strings.Split(e, `\u`)[1:])
		}
		n, err := strconv.ParseUint(strings.Trim(e[2:], "{}"), 16, 32)
		if err != nil {
			return e
		}
		return string(rune(n))
	})
	return strings.NewReplacer(`\n`, "\n", `\t`, "\t", `\/`, "/", `\"`, `"`, `\'`, "'", `\\`, `\`).Replace(s)
}

// unescapeUnits undoes %uXXXX, which escape() writes (ECMA-262, B.2.1).
func unescapeUnits(s string) string {
	return percentU.ReplaceAllStringFunc(s, func(e string) string { return unitsText(strings.Split(e, "%u")[1:]) })
}

func unitsText(hex []string) string {
	units := make([]uint16, 0, len(hex))
	for _, h := range hex {
		n, err := strconv.ParseUint(h, 16, 16)
		if err != nil {
			continue
		}
		units = append(units, uint16(n))
	}
	return string(utf16.Decode(units))
}

// cssText is a style sheet with its escapes undone (CSS Syntax 3, 4.3.7).
func cssText(s string) string {
	return cssEscape.ReplaceAllStringFunc(s, func(e string) string {
		n, err := strconv.ParseUint(strings.TrimSpace(e[1:]), 16, 32)
		if err != nil {
			return e
		}
		return string(rune(n))
	})
}
