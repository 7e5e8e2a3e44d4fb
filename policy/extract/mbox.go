package extract

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"

	"github.com/sekisho-mail/sekisho/policy"
)

// isMbox takes files of several mails, each behind a "From " line (RFC 4155).
func isMbox(p *probe) string {
	if p.file.Kind == policy.HeaderText || !p.at(0, "From ") {
		return ""
	}
	least := 2
	if mboxLine.Match(p.data[:min(len(p.data), 1024)]) {
		least = 1
	}
	return typeIf(mailHeaderScore(p.data) >= least, "application/mbox")
}

// mboxLine is the line in front of a mail: a sender, and when the mail came.
var mboxLine = regexp.MustCompile(`^From \S+.*\d:\d\d.*\r?\n`)

// readMbox reads each mail by itself.
//
// Not covered: the quoting of "From " in bodies, which only adds a sign to a line.
func readMbox(r *reading) error {
	data := r.file.Data
	for n := 1; len(data) > 0; n++ {
		if err := r.s.budget.entry(); err != nil {
			return err
		}
		_, data, _ = bytes.Cut(data, []byte("\n"))
		mail := data
		if next := nextMboxMail(data); next >= 0 {
			mail, data = data[:next], data[next:]
		} else {
			data = nil
		}
		r.child(File{Name: "mail " + strconv.Itoa(n), DeclaredType: "message/rfc822", Data: mail})
		if err := r.ctx.Err(); err != nil {
			return fmt.Errorf("read mbox: %w", err)
		}
	}
	return nil
}

// nextMboxMail is where a "From " line stands behind an empty one.
func nextMboxMail(data []byte) int {
	for at := 0; ; {
		i := bytes.Index(data[at:], []byte("\nFrom "))
		if i < 0 {
			return -1
		}
		at += i + 1
		before := bytes.TrimRight(data[:at-1], "\r")
		if len(before) == 0 || before[len(before)-1] == '\n' {
			return at
		}
	}
}
