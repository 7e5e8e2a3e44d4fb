package directory_test

import (
	"strings"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/policy/directory"
)

func TestFind(t *testing.T) {
	d, err := directory.Load(strings.NewReader("address,name,kana\nhanako.sato@example.co.jp,佐藤 花子,サトウ ハナコ\ntaro.sato@example.co.jp,佐藤 太郎,サトウ タロウ\nbob@example.co.jp,Bob Smith,\n"), time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"佐藤": "hanako.sato taro.sato", "佐藤花子": "hanako.sato", "佐藤　花子": "hanako.sato", "ｻﾄｳ": "hanako.sato taro.sato", "サトウハナコ": "hanako.sato",
		"TARO": "taro.sato", "smith": "bob", "ｂｏｂ": "bob", "bob@example": "bob", "藤": "", "": "", " ": "", "田中": "", "佐藤 taro": "taro.sato",
	} {
		var got []string
		for _, p := range d.Find(text, 10) {
			got = append(got, p.Address.Local())
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q: %v, want %q", text, got, want)
		}
	}
	if n := len(d.Find("example", 2)); n != 2 {
		t.Errorf("%d found beyond the limit", n)
	}
	var none *directory.Directory
	if none.Find("bob", 1) != nil {
		t.Error("no directory has people")
	}
}
