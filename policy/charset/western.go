package charset

import "golang.org/x/text/encoding/charmap"

// western is Windows-1252, which is what ISO-8859-1 means in mail, and the last guess:
// it takes any octets. The further single-byte and Asian charsets of the Encoding
// Standard (ISO-8859-2 to -16, KOI8, GB18030, Big5, EUC-KR and so on) are read as
// declared by As and have no entry of their own.
//
// Not covered: those charsets when they are not declared.
var western = Charset{Name: "windows-1252", read: func(data []byte) string { return decoded(charmap.Windows1252, data) }}
