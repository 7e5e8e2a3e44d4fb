package charset

import (
	"sync"

	"golang.org/x/text/encoding/japanese"
)

// shiftJIS is Shift_JIS as Windows writes it (code page 932): JIS X 0208 with the
// characters of NEC and IBM (①, ㈱, 髙, 﨑) and half-width kana in one octet.
//
// Not covered: characters that users or phone carriers made for themselves (they come
// out as private use), Shift_JIS-2004.
var shiftJIS = Charset{Name: "shift_jis", labels: []string{"cp932", "ms932", "windows-932", "mskanji", "sjis", "x-ms-cp932", "shift-jis", "shiftjis",
	"s-jis", "sjis-win", "csshiftjis", "cp943", "ibm-943", "shift_jis-2004", "shift_jisx0213"},
	read: func(data []byte) string { return decoded(japanese.ShiftJIS, data) }}

var shiftJISTable = sync.OnceValue(func() *[1 << 16]uint16 { return buildTable(japanese.ShiftJIS) })
