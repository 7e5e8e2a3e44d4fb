package main

import (
	"net/smtp"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/proxy/hoptest"
)

// TestDoctorSendsAProbeRound has a mail system that hands every mail from outside
// the guard to the guard, as a cloud service's rule does.
func TestDoctorSendsAProbeRound(t *testing.T) {
	service := (&hoptest.Hop{}).Start(t)
	p := newProgram(t, service.Addr, "")
	p.start()
	stop := make(chan struct{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			for _, m := range service.TakeMails() {
				_ = smtp.SendMail(p.Listen, nil, m.From, m.To, append([]byte("Received: from a by service.example; x\r\n"), m.Content()...))
			}
			select {
			case <-stop:
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}()
	out, code := p.run("doctor", "postfix", "--probe", "hanako.sato@example.co.jp", "--probe-wait", "2m")
	close(stop)
	<-done
	if code != 0 || !strings.Contains(out, "ok    probe: came back after ") || !strings.Contains(out, "from [127.0.0.1] with no TLS and 1 Received") {
		t.Errorf("exit %d\n%s", code, out)
	}
	if mails := service.Mails(); len(mails) != 0 {
		t.Errorf("the probe went on: %+v", mails)
	}
	if left, err := os.ReadDir(filepath.Join(p.dir, "data", "probes")); err != nil || len(left) != 0 {
		t.Errorf("%d notes are left, %v", len(left), err)
	}
	// Nobody sends it back.
	out, code = p.run("doctor", "postfix", "--probe", "hanako.sato@example.co.jp", "--probe-wait", "300ms")
	if code != 1 || !strings.Contains(out, "BAD   probe: it did not come back within 300ms") {
		t.Errorf("exit %d\n%s", code, out)
	}
	service.Script(func(step, _ string) string { return map[bool]string{true: "550 5.7.1 not for you"}[step == "RCPT"] })
	out, code = p.run("doctor", "postfix", "--probe", "hanako.sato@example.co.jp")
	if code != 1 || !strings.Contains(out, "refuses the probe: 550 5.7.1 not for you") {
		t.Errorf("exit %d\n%s", code, out)
	}
	p.stop()
}
