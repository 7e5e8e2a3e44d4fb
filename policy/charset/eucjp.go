package charset

import (
	"sync"

	"golang.org/x/text/encoding/japanese"
)

// eucJP is EUC-JP with the characters of NEC and IBM, half-width kana (0x8E) and
// JIS X 0212 (0x8F).
//
// Not covered: EUC-JIS-2004.
var eucJP = Charset{Name: "euc-jp", labels: []string{"eucjp", "euc_jp", "eucjp-ms", "eucjp-win", "cp51932", "x-euc", "ujis", "euc-jisx0213", "euc-jis-2004"},
	read: func(data []byte) string { return decoded(japanese.EUCJP, data) }}

var eucJPTable = sync.OnceValue(func() *[1 << 16]uint16 { return buildTable(japanese.EUCJP) })
