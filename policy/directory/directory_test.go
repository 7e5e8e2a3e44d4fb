package directory

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/text/encoding/japanese"

	"github.com/sekisho-mail/sekisho/policy/email"
)

var tokyo = time.FixedZone("JST", 9*60*60)

const good = `address,name,kana,manager,deputy,away_from,away_to,groups,language,last_day,further
yamada@example.co.jp,山田 太郎,ヤマダ タロウ,suzuki@example.co.jp,sato@example.co.jp,2026-08-10,2026/8/14,営業;東京,ja,2027-03-31,taro@example.co.jp;t.yamada@example.co.jp
suzuki@example.co.jp,"鈴木, 花子",,,,,,managers,EN,,
`

func TestLoad(t *testing.T) {
	d, err := Load(strings.NewReader(good), tokyo)
	if err != nil {
		t.Fatal(err)
	}
	want := Person{
		Address: email.MustAddress("yamada@example.co.jp"), Name: "山田 太郎", Kana: "ヤマダ タロウ",
		Manager: email.MustAddress("suzuki@example.co.jp"), Deputy: email.MustAddress("sato@example.co.jp"),
		AwayFrom: time.Date(2026, 8, 10, 0, 0, 0, 0, tokyo), AwayTo: time.Date(2026, 8, 14, 0, 0, 0, 0, tokyo),
		Groups: []string{"営業", "東京"}, Language: "ja", LastDay: time.Date(2027, 3, 31, 0, 0, 0, 0, tokyo),
		Further: []email.Address{email.MustAddress("taro@example.co.jp"), email.MustAddress("t.yamada@example.co.jp")},
	}
	for _, a := range []string{"yamada@example.co.jp", "Yamada@Example.CO.JP", "taro@example.co.jp", "T.YAMADA@example.co.jp"} {
		got, ok := d.Lookup(email.MustAddress(a))
		if !ok || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v %+v", a, ok, got)
		}
	}
	got, ok := d.Lookup(email.MustAddress("suzuki@example.co.jp"))
	if !ok || got.Name != "鈴木, 花子" || got.Language != "en" || !got.Manager.IsNull() {
		t.Errorf("%v %+v", ok, got)
	}
	for _, a := range []email.Address{email.MustAddress("nobody@example.co.jp"), {}} {
		if _, ok := d.Lookup(a); ok {
			t.Errorf("%q was found", a)
		}
	}
	if d.Len() != 2 || len(d.Members("MANAGERS")) != 1 || len(d.Members("none")) != 0 {
		t.Errorf("%d people, members %v", d.Len(), d.Members("managers"))
	}
}

func TestLoadReadsEveryEncodingAndOrder(t *testing.T) {
	japaneseTitles := "氏名,メールアドレス,上長,グループ\r\n髙橋 一郎,takahashi@example.co.jp,suzuki@example.co.jp,営業；東京\r\n\r\n"
	cp932, err := japanese.ShiftJIS.NewEncoder().String(japaneseTitles)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"utf-8": japaneseTitles, "with mark": "\ufeff" + japaneseTitles, "cp932": cp932,
		"full width and capitals": "ＮＡＭＥ, Address ,Manager,GROUPS\n髙橋 一郎, takahashi@example.co.jp ,suzuki@example.co.jp,営業;東京\n",
	} {
		d, err := Load(strings.NewReader(text), tokyo)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		p, ok := d.Lookup(email.MustAddress("takahashi@example.co.jp"))
		if !ok || p.Name != "髙橋 一郎" || p.Manager.Local() != "suzuki" || len(p.Groups) != 2 {
			t.Errorf("%s: %v %+v", name, ok, p)
		}
	}
}

func TestEmptyDirectoryIsValid(t *testing.T) {
	for _, text := range []string{"address\n", "address,name\r\n"} {
		d, err := Load(strings.NewReader(text), tokyo)
		if err != nil || d.Len() != 0 {
			t.Errorf("%q: %v", text, err)
		}
	}
	var none *Directory
	var holder *Holder
	for _, d := range []*Directory{none, {}, holder.Current()} {
		if _, ok := d.Lookup(email.MustAddress("a@b.example")); ok || d.Len() != 0 || d.Members("x") != nil {
			t.Error("an empty directory knows somebody")
		}
	}
}

func TestBadLinesAreNamed(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"empty file", "", `line 1: the file is empty; its first line must name the columns`},
		{"only a mark", "\ufeff\n", `line 1: the file is empty`},
		{"no address column", "name\nx\n", `line 1: the first line must name the columns`},
		{"unknown column", "address,manger\n", "line 1, column manger: no such column"},
		{"column twice", "address,name,氏名\n", "line 1, column 氏名: the column stands twice"},
		{"no header", "secret@example.co.jp,Secret\n", "line 1, column number 1: no such column; known are address, "},
		{"bad address", "address\nsecret\n", "line 2, column address: not a mail address"},
		{"postmaster", "address\npostmaster\n", "line 2, column address: not a mail address"},
		{"empty address", "address,name\n,Secret\n", "line 2, column address: is empty"},
		{"bad manager", "name,address,manager\n,a@x.example,secret@\n", "line 2, column manager: not a mail address"},
		{"own manager", "address,manager\na@x.example,A@x.example\n", "line 2, column manager: is the person himself"},
		{"own deputy", "address,deputy\na@x.example,a@x.example\n", "line 2, column deputy: is the person himself"},
		{"bad day", "address,away_from\na@x.example,10.8.2026\n", "line 2, column away_from: not a day"},
		{"no such day", "address,last_day\na@x.example,2026-02-30\n", "line 2, column last_day: not a day"},
		{"turned absence", "address,away_from,away_to\na@x.example,2026-08-02,2026-08-01\n", "line 2, column away_to: is before away_from"},
		{"bad language", "address,language\na@x.example,fr\n", "line 2, column language: not a language"},
		{"bad further", "address,further\na@x.example,b@x.example;secret\n", "line 2, column further: not a mail address"},
		{"duplicate", "address\na@x.example\nb@x.example\nA@X.example\n", "line 4, column address: stands on line 2 already"},
		{"duplicate further", "address,further\na@x.example,\nb@x.example,a@x.example\n", "line 3, column further: stands on line 2 already"},
		{"further is oneself", "address,further\na@x.example,a@x.example\n", "line 2, column further: stands on line 2 already"},
		{"too few cells", "address,name\na@x.example\n", "line 2: 1 cells where the first line names 2"},
		{"open quote", "address,name\na@x.example,\"secret\n", "line 2: extraneous or missing \""},
		{"line numbers count lines", "address,name\na@x.example,\"one\ntwo\"\nsecret,x\n", "line 4, column address"},
		{"neither encoding", "address,name\na@x.example,\xff\xfe\n", "line 2: characters are neither UTF-8 nor CP932"},
		{"second of two", "address\nsecret\nb@x.example\nsecret two\n", "line 4, column address: not a mail address"},
	} {
		d, err := Load(strings.NewReader(c.text), tokyo)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if d != nil {
			t.Errorf("%s: half a directory was loaded", c.name)
		}
		var line *LineError
		if !errors.As(err, &line) || line.Line == 0 {
			t.Errorf("%s: no line in %v", c.name, err)
		}
		if strings.Contains(strings.ToLower(err.Error()), "secret") {
			t.Errorf("%s: the error shows the value: %v", c.name, err)
		}
	}
	_, err := Load(strings.NewReader("address\n"+strings.Repeat("bad\n", 50)), tokyo)
	if err == nil || !strings.Contains(err.Error(), "and 30 more") {
		t.Errorf("fifty bad lines: %v", err)
	}
}

func TestAwayAndLeaving(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 8, n, 0, 0, 0, 0, tokyo) }
	p := Person{AwayFrom: day(10), AwayTo: day(14), LastDay: day(31)}
	for at, want := range map[time.Time]bool{
		day(10).Add(-time.Second): false, day(10): true, day(14).Add(23 * time.Hour): true, day(15): false,
	} {
		if p.Away(at) != want {
			t.Errorf("away at %v: %v", at, !want)
		}
	}
	if (Person{}).Away(day(1)) || !(Person{AwayFrom: day(1)}).Away(day(20)) || !(Person{AwayTo: day(3)}).Away(day(1)) {
		t.Error("open ends of an absence")
	}
	const month = 30 * 24 * time.Hour
	if p.Leaving(day(1).AddDate(0, -1, 0), month) || !p.Leaving(day(20), month) || !p.Leaving(day(31).AddDate(1, 0, 0), month) || (Person{}).Leaving(day(1), month) {
		t.Error("leaving")
	}
}

func TestReloadKeepsTheOldOnFailure(t *testing.T) {
	path := filepath.Join(t.TempDir(), "people.csv")
	write := func(s string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(s), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Open(path, tokyo); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
	write(good)
	h, err := Open(path, tokyo)
	if err != nil {
		t.Fatal(err)
	}
	write(good + "broken\n")
	if err := h.Reload(); err == nil || !strings.Contains(err.Error(), "line 4") {
		t.Errorf("reload: %v", err)
	}
	if h.Current().Len() != 2 {
		t.Errorf("%d people after a failed reload", h.Current().Len())
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := h.Reload(); !errors.Is(err, os.ErrNotExist) || h.Current().Len() != 2 {
		t.Errorf("reload without a file: %v, %d people", err, h.Current().Len())
	}
	write("address\na@x.example\n")
	if err := h.Reload(); err != nil || h.Current().Len() != 1 {
		t.Errorf("reload: %v, %d people", err, h.Current().Len())
	}
	none, err := Open("", tokyo)
	if err != nil || none.Reload() != nil || none.Current().Len() != 0 {
		t.Errorf("no file at all: %v", err)
	}
}

func TestReloadWhileInUse(t *testing.T) {
	path := filepath.Join(t.TempDir(), "people.csv")
	if err := os.WriteFile(path, []byte(good), 0o600); err != nil {
		t.Fatal(err)
	}
	h, err := Open(path, tokyo)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 50 {
				if _, ok := h.Current().Lookup(email.MustAddress("taro@example.co.jp")); !ok {
					t.Error("a person is gone while reloading")
				}
				if err := h.Reload(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

func FuzzLoad(f *testing.F) {
	f.Add([]byte(good))
	f.Add([]byte("\ufeffメールアドレス,氏名\r\na@x.example,\"x\ny\"\r\n"))
	f.Add([]byte("address,further\na@x.example,b@x.example;c@x.example\n"))
	f.Add([]byte{0x83, 0x81, 0x2c, 0xff})
	f.Fuzz(func(t *testing.T, in []byte) {
		d, err := Load(strings.NewReader(string(in)), tokyo)
		if (d == nil) == (err == nil) {
			t.Fatalf("directory %v with error %v", d, err)
		}
		if err != nil {
			return
		}
		for _, p := range d.people {
			if got, ok := d.Lookup(p.Address); !ok || !got.Address.Equal(p.Address) {
				t.Errorf("%q is listed but not found", p.Address)
			}
		}
	})
}
