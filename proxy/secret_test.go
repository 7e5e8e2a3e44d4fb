package proxy_test

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sekisho-mail/sekisho/proxy"
)

// TestSecretIsChangedWithoutARestart: the new value counts as soon as it stands in
// the file, the old one until it is taken away, and a broken file changes nothing.
func TestSecretIsChangedWithoutARestart(t *testing.T) {
	file := filepath.Join(t.TempDir(), "values")
	begin := time.Now()
	var minutes atomic.Int64 // that have passed
	now := func() time.Time { return begin.Add(time.Duration(minutes.Load()) * time.Minute) }
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		minutes.Add(1)
		if err := os.Chtimes(file, now(), now()); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := proxy.LoadSecret("X-Sekisho-Key", file, time.Now, slog.New(slog.DiscardHandler)); err == nil {
		t.Error("a file that is not there is taken")
	}
	write("\n")
	if _, err := proxy.LoadSecret("X-Sekisho-Key", file, time.Now, slog.New(slog.DiscardHandler)); err == nil {
		t.Error("an empty file is taken")
	}
	write("first\n")
	r := newRig(t)
	var err error
	if r.listener.Secret, err = proxy.LoadSecret("X-Sekisho-Key", file, now, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	r.start()
	for _, tt := range []struct{ file, first, second string }{
		{"first\n", "250", "550"}, {"first\nsecond\n", "250", "250"}, {"", "250", "250"}, {"second", "550", "250"},
		{strings.Repeat("x", 70<<10), "550", "250"},
	} {
		write(tt.file)
		for value, want := range map[string]string{"first": tt.first, "second": tt.second} {
			if got := r.mail("X-Sekisho-Key: " + value + "\r\nSubject: x\r\n\r\n"); !strings.HasPrefix(got, want) {
				t.Errorf("file %.20q, value %s: %s", tt.file, value, got)
			}
		}
	}
	for _, m := range r.hop.Mails() {
		if strings.Contains(m.Content(), "X-Sekisho-Key") {
			t.Errorf("the secret went on: %q", m.Content())
		}
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	minutes.Add(1)
	if got := r.mail("X-Sekisho-Key: second\r\nSubject: x\r\n\r\n"); !strings.HasPrefix(got, "250") {
		t.Errorf("without its file: %s", got)
	}
	if got := countOf(t, r.reg, "sekisho_secret_header_total", "2"); got != 2 {
		t.Errorf("mails with the second line's value: %v, want 2", got)
	}
}

// countOf is a counter's value under its only label.
func countOf(t *testing.T, reg *prometheus.Registry, name, label string) float64 {
	t.Helper()
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			if f.GetName() == name && m.GetLabel()[0].GetValue() == label {
				return m.GetCounter().GetValue()
			}
		}
	}
	return 0
}
