package extract

import (
	"encoding/base64"
	"regexp"
	"strings"

	"github.com/sekisho-mail/sekisho/policy"
)

var uuBegin = regexp.MustCompile(`(?m)^begin(-base64)? [0-7]{3,4} (\S[^\r\n]*)\r?\n`)

// uuencoded finds the files that stand between "begin 644 name" and "end" in a
// text (POSIX uuencode), in either of its two alphabets. One that begins well and has a line
// further down that is none, or no end, is malformed: programs differ over what is in it.
func uuencoded(text string) []File {
	if !strings.HasPrefix(text, "begin") && !strings.Contains(text, "\nbegin") {
		return nil
	}
	var out []File
	for {
		m := uuBegin.FindStringSubmatchIndex(text)
		if m == nil {
			return out
		}
		f := File{Name: strings.TrimSpace(text[m[4]:m[5]]), Attachment: true}
		body := text[m[1]:]
		if m[2] >= 0 {
			block, _, _ := strings.Cut(body, "====")
			block, _, _ = strings.Cut(block, "\nbegin")
			f.Data, _ = base64.StdEncoding.DecodeString(cleanBase64(block))
		} else {
			var whole bool
			if f.Data = xxDecode(body); f.Data != nil {
				whole = true
			} else {
				f.Data, whole = uuDecode(body)
			}
			if !whole {
				f.Problem = policy.Malformed
			}
		}
		if len(f.Data) > 0 {
			out = append(out, f)
		}
		text = body
	}
}

// uuDecode reads lines up to "end"; a line that is too short for its own count
// is read as if blanks had been cut off. whole is false for what begins with a line as it
// should be and does not go on so.
func uuDecode(body string) (out []byte, whole bool) {
	exact, odd := 0, 0
	for line := range strings.Lines(body) {
		line = strings.TrimRight(line, "\r\n")
		if line == "end" {
			return out, exact == 0 || odd == 0
		}
		if line == "" || line[0] < ' ' || line[0] > '`' {
			break
		}
		n := int(line[0]-' ') & 63
		switch want, has := (n+2)/3*4, len(line)-1; {
		case n > 0 && (has == want || has == want+1): // some write a checksum behind it
			exact++
		case has > want+1 || has < want && line[len(line)-1] == ' ':
			odd++
		}
		for i := 1; n > 0; i += 4 {
			var v uint32
			for k := range 4 {
				c := byte(' ')
				if i+k < len(line) {
					c = line[i+k]
				}
				v = v<<6 | uint32((c-' ')&63)
			}
			group := []byte{byte(v >> 16), byte(v >> 8), byte(v)}
			out = append(out, group[:min(n, 3)]...)
			n -= 3
		}
	}
	return out, exact == 0
}
