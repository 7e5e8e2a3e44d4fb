package extract

import (
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
)

// TestJSONAsRows holds what stands in the table that is made of JSON, rows behind "|".
func TestJSONAsRows(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"objects of their own", `{"data":{"edges":[{"node":{"profile":{"name":"山田 花"},"contact":{"phone":"090-0000-0001"}}},{"node":{"contact":{"phone":"090-0000-0002"},"profile":{"name":"佐藤 誠"}}}]}}`,
			"name\tphone|山田 花\t090-0000-0001|佐藤 誠\t090-0000-0002"},
		{"all on one line", `[{"氏名":"山田 花","電話":"090-0000-0001","id":1},{"氏名":"佐藤 誠","電話":null,"id":2}]`,
			"氏名\t電話|山田 花\t090-0000-0001|佐藤 誠\t"},
		{"one record a line", "{\"name\":\"\\u5c71\\u7530 \\u82b1\",\"email\":\"a@example.jp\"}\n{\"name\":\"佐藤 誠\",\"email\":\"b@example.jp\"}\n",
			"name\temail|山田 花\ta@example.jp|佐藤 誠\tb@example.jp"},
		{"parts of a name, numbers of a person", `[{"name":{"last":"山田","first":"花"},"phones":[{"type":"home","number":"03-0000-0001"},{"type":"cell","number":"090-0000-0001"}]},{"name":{"last":"佐藤","first":"誠"},"phones":[]}]`,
			"last name\tfirst name\tphones number|山田\t花\t03-0000-0001 / 090-0000-0001|佐藤\t誠\t"},
		{"people of departments", `{"d":[{"name":"第一","members":[{"name":"山田 花","tel":"1"},{"name":"佐藤 誠","tel":"2"},{"name":"田中 亮","tel":"3"},{"name":"林 隆","tel":"4"}]}]}`,
			"name\ttel|山田 花\t1|佐藤 誠\t2|田中 亮\t3|林 隆\t4"},
		{"under numbered keys", `{"u1":{"name":"山田 花","mail":"a@example.jp"},"u2":{"name":"佐藤 誠","mail":"b@example.jp"}}`,
			"name\tmail|山田 花\ta@example.jp|佐藤 誠\tb@example.jp"},
		{"cut off", `[{"name":"山田 花","tel":"1"},{"name":"佐藤 誠","tel":"2"},{"name":"田`, "name\ttel|山田 花\t1|佐藤 誠\t2"},
		{"numbers of machines", `[{"req":{"id":"000863820003"},"user":{"name":"batch"}},{"req":{"id":"000863820004"},"user":{"name":"batch"}}]`, ""},
		{"shops", `[{"shop":{"name":"東京支店","tel":"03-0000-0001"}},{"shop":{"name":"大阪支店","tel":"06-0000-0001"}}]`, ""},
		{"deep", strings.Repeat(`{"a":`, 100000), ""},
	} {
		got := ""
		for _, x := range extractFile(t, File{Name: "a.json", Kind: policy.FileText, Data: []byte(c.text)}).Contents {
			if x.View == "as table" && len(x.Tables) == 1 {
				got = strings.ReplaceAll(x.Text, "\n", "|")
			}
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestVCardWithoutFN has cards of version 2.1, whose name stands in its parts only.
func TestVCardWithoutFN(t *testing.T) {
	card := "BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=SHIFT_JIS;ENCODING=QUOTED-PRINTABLE:=8D=82=8B=B4=3B=90=BD\r\nEND:VCARD\r\n"
	if text := extractFile(t, File{Name: "a.vcf", Data: []byte(card)}).Contents[0].Text; !strings.Contains(text, "FN: 高橋 誠\n") {
		t.Errorf("%q", text)
	}
}
