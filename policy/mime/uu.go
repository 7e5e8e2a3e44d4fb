package mime

import "bytes"

// firstUU finds the first uuencoded file of a body with that transfer encoding:
// its data (nil when there is none) and the text around it. Format: POSIX
// uuencode, historical alphabet; a line that does not decode ends the data.
// Files inside an ordinary text are found where texts are read.
// whole tells that its end is there.
func firstUU(text []byte) (before, data, after []byte, whole bool) { return findUU(text, false) }

// findUU is firstUU; loose reads a line that is too short for its own count as if the
// rest of it had been cut off.
func findUU(text []byte, loose bool) (before, data, after []byte, whole bool) {
	for rest := text; len(rest) > 0; {
		line, next := cutLine(rest)
		if bytes.HasPrefix(line, []byte("begin ")) {
			if data, after, whole = decodeUU(next, loose); len(data) > 0 {
				return text[:len(text)-len(rest)], data, after, whole
			}
		}
		rest = next
	}
	return text, nil, nil, false
}

func decodeUU(text []byte, loose bool) (data, rest []byte, whole bool) {
	for len(text) > 0 {
		line, after := cutLine(text)
		line = bytes.TrimRight(line, " \t\r")
		if bytes.Equal(line, []byte("end")) {
			return data, after, true
		}
		if len(line) == 0 || line[0] == '`' {
			text = after
			continue
		}
		n := int(line[0]-' ') & 63
		if line[0] < ' ' || line[0] > '`' || !loose && (len(line)-1)*3/4+3 < n {
			return data, text, false
		}
		data = appendUU(data, line[1:], n)
		text = after
	}
	return data, nil, false
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
