package mime

import (
	"bytes"
	"strconv"
)

// nextUU finds the next uuencoded file in a text: its name, its data (nil when
// there is none) and the text behind it. Format: POSIX uuencode, historical
// alphabet; a line that does not decode ends the data.
func nextUU(text []byte) (name string, data, rest []byte) {
	for len(text) > 0 {
		line, after := cutLine(text)
		text = after
		n, ok := uuBegin(line)
		if !ok {
			continue
		}
		data, rest = decodeUU(text)
		if len(data) > 0 {
			return n, data, rest
		}
	}
	return "", nil, nil
}

func uuBegin(line []byte) (name string, ok bool) {
	line, ok = bytes.CutPrefix(line, []byte("begin "))
	if !ok || len(line) < 5 {
		return "", false
	}
	i := 0
	for i < len(line) && line[i] >= '0' && line[i] <= '7' {
		i++
	}
	if i < 3 || i > 4 || i >= len(line)-1 || line[i] != ' ' {
		return "", false
	}
	return toUTF8("", bytes.TrimSpace(line[i:])), true
}

func decodeUU(text []byte) (data, rest []byte) {
	for len(text) > 0 {
		line, after := cutLine(text)
		line = bytes.TrimRight(line, " \t")
		if bytes.Equal(line, []byte("end")) {
			return data, after
		}
		if len(line) == 0 || line[0] == '`' {
			text = after
			continue
		}
		n := int(line[0]-' ') & 63
		if line[0] < ' ' || line[0] > '`' || (len(line)-1)*3/4+3 < n {
			return data, text
		}
		data = appendUU(data, line[1:], n)
		text = after
	}
	return data, nil
}

func appendUU(data, line []byte, n int) []byte {
	for i := 0; i < len(line) && n > 0; i += 4 {
		var g [4]byte
		for k := range g {
			if i+k < len(line) {
				g[k] = (line[i+k] - ' ') & 63
			}
		}
		b := [3]byte{g[0]<<2 | g[1]>>4, g[1]<<4 | g[2]>>2, g[2]<<6 | g[3]}
		data = append(data, b[:min(3, n)]...)
		n -= 3
	}
	return data
}

// nextYEnc does the same for yEnc (yenc.org, draft 1.3). Parts of a split file
// are returned one by one.
func nextYEnc(text []byte) (name string, data, rest []byte) {
	for len(text) > 0 {
		line, after := cutLine(text)
		text = after
		if !bytes.HasPrefix(line, []byte("=ybegin ")) {
			continue
		}
		if i := bytes.Index(line, []byte(" name=")); i >= 0 {
			name = toUTF8("", bytes.TrimSpace(line[i+6:]))
		}
		for len(text) > 0 {
			line, after = cutLine(text)
			text = after
			if bytes.HasPrefix(line, []byte("=yend")) {
				break
			}
			if !bytes.HasPrefix(line, []byte("=ypart ")) {
				data = appendYEnc(data, line)
			}
		}
		if len(data) > 0 {
			return name, data, text
		}
	}
	return "", nil, nil
}

func appendYEnc(data, line []byte) []byte {
	for i := 0; i < len(line); i++ {
		c := line[i]
		if c == '=' && i+1 < len(line) {
			i++
			c = line[i] - 64
		}
		data = append(data, c-42)
	}
	return data
}

func cutLine(text []byte) (line, rest []byte) {
	n := bytes.IndexByte(text, '\n')
	if n < 0 {
		return text, nil
	}
	line, rest = text[:n], text[n+1:]
	if n > 0 && line[n-1] == '\r' {
		line = line[:n-1]
	}
	return line, rest
}

// inlineFiles adds the files that stand encoded in a text body.
func (r *reader) inlineFiles(parent string, text []byte) {
	n := 0
	if bytes.Contains(text, []byte("begin ")) {
		n = r.inline(parent, 0, text, nextUU)
	}
	if bytes.Contains(text, []byte("=ybegin ")) {
		r.inline(parent, n, text, nextYEnc)
	}
}

// inline gives how many files are there, counted from n.
func (r *reader) inline(parent string, n int, text []byte, next func([]byte) (string, []byte, []byte)) int {
	for i := n + 1; ; i++ {
		name, data, rest := next(text)
		if data == nil || !r.countPart() {
			return i - 1
		}
		path := parent + "/" + strconv.Itoa(i)
		r.nodes = append(r.nodes, Node{Path: path, Type: "application/octet-stream", Name: name, Attachment: true,
			raw: data, Size: int64(len(data)), form: formDerived})
		text = rest
	}
}
