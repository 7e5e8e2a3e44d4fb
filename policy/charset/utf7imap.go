package charset

// utf7IMAP is the form of UTF-7 that IMAP has for names of folders (RFC 3501 section
// 5.1.3), which some programs know as a charset of mail.
//
// Not covered: texts that do not say so.
var utf7IMAP = Charset{Name: "utf-7-imap", labels: []string{"utf7imap", "utf7-imap", "imap-utf-7"},
	read: func(data []byte) string { return utf7Text(fromIMAP(data), 1) }}

// fromIMAP writes it as UTF-7: runs begin with an ampersand and have a comma for the slash.
func fromIMAP(data []byte) []byte {
	out := make([]byte, 0, len(data))
	inRun := false
	for i, c := range data {
		switch {
		case c == '&' && i+1 < len(data) && isBase64(data[i+1]):
			inRun, c = true, '+'
		case c == '-' && i > 0 && data[i-1] == '&': // an ampersand
			continue
		case c == '+' && !inRun:
			out = append(out, '+', '-')
			continue
		case c == ',' && inRun:
			c = '/'
		default:
			inRun = inRun && isBase64(c)
		}
		out = append(out, c)
	}
	return out
}
