package directory

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sekisho-mail/sekisho/policy"
)

func TestLoadSenders(t *testing.T) {
	got, err := LoadSenders(strings.NewReader("メールアドレス,名称,種別,管理者,メンバー,言語\r\n" +
		"info@example.co.jp,窓口,共有,,sato@example.co.jp；suzuki@example.co.jp,ja\r\n" +
		"batch@example.co.jp,基幹,アプリ,kacho@example.co.jp,,\r\nscan@example.co.jp,,PRINTER,kacho@example.co.jp,,EN\r\n"))
	if err != nil || len(got) != 3 {
		t.Fatalf("%v %v", got, err)
	}
	if got[0].Kind != policy.Shared || len(got[0].Members) != 2 || got[0].Language != "ja" ||
		got[1].Kind != policy.Application || got[1].Owner.String() != "kacho@example.co.jp" || got[2].Kind != policy.Printer || got[2].Language != "en" {
		t.Errorf("%+v", got)
	}
}

func TestLoadSendersNamesBadLines(t *testing.T) {
	const head = "address,name,kind,owner,members\n"
	for _, c := range []struct{ name, text, want string }{
		{"no address column", "kind\nshared\n", `line 1: the first line must name the columns, "address" among them`},
		{"no address", head + ",x,shared,o@x.example,\n", "line 2, column address: is empty"},
		{"no kind", head + "a@x.example,x,,o@x.example,\n", "line 2, column kind: is empty"},
		{"strange kind", head + "a@x.example,x,robot,o@x.example,\n", "line 2, column kind: not a kind"},
		{"application without owner", head + "a@x.example,x,application,,\n", "line 2, column owner: is empty; somebody must answer"},
		{"shared by nobody", head + "a@x.example,x,shared,,\n", "line 2, column members: is empty"},
		{"its own owner", head + "a@x.example,x,printer,A@x.example,\n", "line 2, column owner: is the sender itself"},
		{"bad member", head + "a@x.example,x,shared,,b@x.example;secret\n", "line 2, column members: not a mail address"},
		{"twice", head + "a@x.example,x,shared,o@x.example,\nA@x.example,x,shared,o@x.example,\n", "line 3, column address: stands on line 2 already"},
		{"unknown column", "address,manager\na@x.example,b@x.example\n", "line 1, column manager: no such column; known are address, name, kind, owner, members, outside, language"},
	} {
		got, err := LoadSenders(strings.NewReader(c.text))
		if err == nil || !strings.Contains(err.Error(), c.want) || got != nil {
			t.Errorf("%s: %v %v", c.name, got, err)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: the error shows the value", c.name)
		}
	}
}

// lists are two files of a test.
type lists struct{ people, senders string }

func newLists(t *testing.T) lists {
	dir := t.TempDir()
	return lists{filepath.Join(dir, "people.csv"), filepath.Join(dir, "senders.csv")}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestListsAreLoadedTogetherOrNotAtAll(t *testing.T) {
	l := newLists(t)
	write(t, l.people, "address\na@example.co.jp\n")
	write(t, l.senders, "address,kind,owner\nbatch@example.co.jp,application,a@example.co.jp\n")
	reg := prometheus.NewRegistry()
	now := time.Date(2026, 11, 18, 9, 0, 0, 0, tokyo)
	h, err := OpenLists(Options{People: l.people, Senders: l.senders, Zone: tokyo, Now: func() time.Time { return now }, Metrics: reg})
	if err != nil {
		t.Fatal(err)
	}
	if s := h.Status(); s.People != 1 || s.Senders != 1 || s.Err != nil || !s.Loaded.Equal(now) {
		t.Errorf("%+v", s)
	}
	good := now
	now = now.Add(time.Hour)
	write(t, l.people, "address\na@example.co.jp\nb@example.co.jp\n")
	write(t, l.senders, "address,kind,owner\nB@example.co.jp,application,a@example.co.jp\n")
	var line *LineError
	if err := h.Reload(); !errors.As(err, &line) || line.Line != 2 || line.Reason != "is listed as a person too" {
		t.Errorf("an address in both lists: %v", err)
	}
	if h.Current().Len() != 1 || h.Current().Senders() != 1 {
		t.Error("half a directory was loaded")
	}
	if s := h.Status(); s.Err == nil || !strings.Contains(s.Problem, "senders.csv") || !s.Loaded.Equal(good) || !s.Tried.Equal(now) {
		t.Errorf("%+v", s)
	}
	if v := gauge(t, reg, "sekisho_directory_good"); v != 0 {
		t.Errorf("sekisho_directory_good is %v", v)
	}
	write(t, l.senders, "address,kind,owner\nbatch@example.co.jp,application,a@example.co.jp\n")
	if err := h.Reload(); err != nil || h.Current().Len() != 2 || gauge(t, reg, "sekisho_directory_good") != 1 || h.Status().Problem != "" {
		t.Errorf("%v %+v", err, h.Status())
	}
	if _, err := OpenLists(Options{Senders: l.people + "-not-there"}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing list: %v", err)
	}
}

func gauge(t *testing.T, reg *prometheus.Registry, name string) float64 {
	t.Helper()
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == name {
			return f.GetMetric()[0].GetGauge().GetValue()
		}
	}
	t.Fatalf("no metric %s", name)
	return 0
}

// notes waits for log lines instead of sleeping.
type notes struct{ lines chan string }

func (n notes) Write(b []byte) (int, error) {
	n.lines <- string(b)
	return len(b), nil
}

func (n notes) wait(t *testing.T, want string) {
	t.Helper()
	for {
		select {
		case line := <-n.lines:
			if strings.Contains(line, want) {
				return
			}
		case <-time.After(2 * time.Minute):
			t.Fatalf("never logged: %s", want)
		}
	}
}

func TestWatchReloadsWhatChanged(t *testing.T) {
	l := newLists(t)
	write(t, l.people, "address\na@example.co.jp\n")
	n := notes{make(chan string, 100)}
	h, err := OpenLists(Options{People: l.people, Zone: tokyo, Log: slog.New(slog.NewTextHandler(n, nil))})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := h.Watch(ctx); err != nil {
			t.Error(err)
		}
	})
	defer wg.Wait()
	defer stop()
	n.wait(t, "people=1")
	// As an export does it: beside, then renamed over.
	write(t, l.people+".new", "address\na@example.co.jp\nb@example.co.jp\n")
	if err := os.Rename(l.people+".new", l.people); err != nil {
		t.Fatal(err)
	}
	h.Hangup() // where the system sends no events
	n.wait(t, "people=2")
	write(t, l.people, "address\nbroken\n")
	n.wait(t, "directory refused")
	if h.Current().Len() != 2 {
		t.Error("the old directory is gone")
	}
}

func FuzzLoadSenders(f *testing.F) {
	f.Add([]byte(staffSenders))
	f.Add([]byte("メールアドレス,種別,管理者\r\na@x.example,共有,b@x.example\r\n"))
	f.Fuzz(func(t *testing.T, in []byte) {
		got, err := LoadSenders(strings.NewReader(string(in)))
		if err != nil && got != nil {
			t.Fatalf("senders %v with error %v", got, err)
		}
		d := newDirectory(nil, got)
		for _, s := range got {
			if found, ok := d.Sender(s.Address); !ok || !found.Address.Equal(s.Address) || s.Kind == "" {
				t.Errorf("%q is listed but not found", s.Address)
			}
		}
	})
}
