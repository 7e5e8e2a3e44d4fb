package extract

import (
	"archive/zip"
	"bytes"
	"hash/crc32"

	"github.com/sekisho-mail/sekisho/policy/charset"
)

// zipName is the member's name in its likeliest charset (Windows writes CP932
// without saying so).
func zipName(f *zip.File) string {
	if name := unicodePath(f); name != "" {
		return name
	}
	if !f.NonUTF8 {
		return f.Name
	}
	return decodeLabel([]byte(f.Name))
}

// unicodePath is the name in the field that Info-ZIP keeps it in beside one of the system's
// (APPNOTE 4.6.9), "" without one that belongs to the name.
func unicodePath(f *zip.File) string {
	for extra := f.Extra; len(extra) >= 4; {
		n := int(le16(extra[2:]))
		if n > len(extra)-4 {
			break
		}
		if field := extra[4 : 4+n]; le16(extra) == 0x7075 && n > 5 && field[0] == 1 && le32(field[1:]) == crc32.ChecksumIEEE([]byte(f.Name)) {
			return valid(string(field[5:]))
		}
		extra = extra[4+n:]
	}
	return ""
}

// zipForeign is the first of a member's extra fields that holds more than any that programs
// write: those that PKWARE and Info-ZIP list are shorter, but for certificates.
func zipForeign(extra []byte) []byte {
	for len(extra) >= 4 {
		n := int(le16(extra[2:]))
		if n > len(extra)-4 {
			return extra
		}
		if n > fewBytes/8 && le16(extra) != 0x7075 && le16(extra) != 0x6375 { // names and comments in Unicode, which are read
			return extra[4 : 4+n]
		}
		extra = extra[4+n:]
	}
	return nil
}

// zipExtra is the text in a member's extra fields (APPNOTE 4.5), where a name and a comment
// may stand once more and anything else may stand too.
func zipExtra(extra []byte) string {
	if len(extra) < 24 { // times, sizes and owners, which most have
		return ""
	}
	if text := sweepText(extra); carriesData(text) {
		return text
	}
	return ""
}

// decodeLabel is a name in its likeliest charset. What ends in a NUL ends there: a short
// name of ASCII with it looks like UTF-16.
func decodeLabel(raw []byte) string {
	if n := len(raw) - 1; n > 0 && bytes.IndexByte(raw, 0) == n && bytes.IndexFunc(raw, func(c rune) bool { return c >= 0x80 }) < 0 {
		raw = raw[:n]
	}
	return charset.Read(raw, "")[0].Text
}
