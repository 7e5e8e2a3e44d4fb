package charset

import "golang.org/x/text/encoding/charmap"

// ebcdic is code page 037 of mainframes, whose letters and digits all its pages share.
//
// Not covered: kana and kanji (code pages 290, 300, 930, 939, 1399), text that does not
// say so in a mail.
var ebcdic = Charset{Name: "ibm037", labels: []string{"cp037", "ibm-037", "ebcdic-cp-us", "ebcdic-cp-ca", "ebcdic-cp-nl", "cp500", "ibm500", "ebcdic-cp-be", "ebcdic-cp-ch", "cp1140", "ibm1140", "ibm01140",
	"cp1047", "ibm1047", "cp273", "ibm273", "cp1026", "ibm1026", "cp290", "ibm290", "ebcdic-jp-kana", "cp930", "ibm930", "cp939", "ibm939", "cp1399",
	"037", "csibm037", "ibm039", "ebcdic-cp-wt", "273", "csibm273", "424", "cp424", "ibm424", "csibm424", "ebcdic-cp-he", "500", "csibm500", "cp875", "1026", "csibm1026", "1140"},
	read: func(data []byte) string { return decoded(charmap.CodePage037, data) }}
