package extract

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
)

func TestColumnsLinedUpByBlanksAreATable(t *testing.T) {
	for name, c := range map[string]struct {
		text, want string
		kind       policy.ContentKind
	}{
		"left, wide characters": {text: "名簿です。\n\n番号  氏名        給与\n1     想定 美咲   350000\n2     仮名　太郎  412000\n\n以上\n",
			want: "0 [[番号 氏名 給与] [1 想定 美咲 350000] [2 仮名　太郎 412000]]"},
		"numbers at the right, an empty cell": {text: "name       amount  note\naoki        1,200  paid\nbaba      350,000\nchiba          12  open\n",
			want: "0 [[name amount note] [aoki 1,200 paid] [baba 350,000 ] [chiba 12 open]]"},
		"two lines":               {text: "a   b\nc   d\n"},
		"prose":                   {text: "One sentence ends.  Another one begins here.\nThis line has its blanks  somewhere else.\nAnd  this one too, as it was typed.\n"},
		"columns that cross":      {text: "aaaa  bb  c\na  bbbbbbbbbbb  c\na           bbb   cccc\n"},
		"a signature in a mail":   {text: "TEL   03-0000-0000\nFAX   03-0000-0001\nMAIL  a@example.jp\n", kind: policy.BodyText},
		"indented lines":          {text: "    one\n    two\n    three\n"},
		"tabs part better":        {text: "a  x\tb  y\nc  x\td  y\ne  x\tf  y\n", want: "-1 [[a  x b  y] [c  x d  y] [e  x f  y]]"},
		"same in a file is taken": {text: "TEL   03-0000-0000\nFAX   03-0000-0001\nMAIL  a@example.jp\n", want: "-1 [[TEL 03-0000-0000] [FAX 03-0000-0001] [MAIL a@example.jp]]"},
	} {
		res := extractFile(t, File{Name: "a.txt", Kind: c.kind, Data: []byte(c.text)})
		var got []string
		for _, table := range res.Contents[0].Tables {
			got = append(got, fmt.Sprint(table.Header, " ", cells(res.Contents[0], table)))
		}
		if s := strings.Join(got, "; "); s != c.want {
			t.Errorf("%s: got %s, want %s", name, s, c.want)
		}
	}
}

func FuzzAlignedTables(f *testing.F) {
	f.Add("番号  氏名        給与\n1     想定 美咲   350000\n2     仮名　太郎\n")
	f.Fuzz(func(t *testing.T, text string) {
		text = valid(text)
		left := 10_000
		for _, table := range alignedTables(text, 2, nil, func() bool { left--; return left > 0 }) {
			for _, row := range table.Rows {
				for _, c := range row.Cells {
					_ = text[c.Start:c.End]
				}
			}
		}
	})
}
