package extract

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// arHead is the size of a member's header.
const arHead = 60

// isAR takes the archives of ar, of which packages of Debian are one.
func isAR(p *probe) string {
	switch {
	case !p.at(0, "!<arch>\n"):
		return ""
	case p.at(8, "debian-binary"):
		return "application/vnd.debian.binary-package"
	}
	return "application/x-archive"
}

// readAR reads every member, with the long names of GNU and BSD.
//
// Not covered: thin archives, whose members are files elsewhere.
func readAR(r *reading) error {
	var names nameList
	defer func() { r.listing(names) }()
	d, long := r.file.Data, ""
	for at := 8; at < len(d); {
		if at+arHead > len(d) || string(d[at+58:at+60]) != "`\n" {
			return fmt.Errorf("read ar: %w", errMalformed)
		}
		name := strings.TrimRight(string(d[at:at+16]), " ")
		size, err := strconv.Atoi(strings.TrimSpace(string(d[at+48 : at+58])))
		at += arHead
		if err != nil || size < 0 || size > len(d)-at {
			return fmt.Errorf("read ar: %w", errMalformed)
		}
		data := d[at : at+size]
		at += size + size&1
		switch {
		case name == "//":
			long = string(data)
			continue
		case name == "/", name == "/SYM64/", strings.HasPrefix(name, "__.SYMDEF"):
			names.add(sweepText(data)) // the index of a library
			continue
		case strings.HasPrefix(name, "#1/"):
			if n, err := strconv.Atoi(name[3:]); err == nil && n >= 0 && n <= len(data) {
				name, data = string(bytes.TrimRight(data[:n], "\x00")), data[n:]
			}
		case strings.HasPrefix(name, "/"):
			if n, err := strconv.Atoi(name[1:]); err == nil && n >= 0 && n < len(long) {
				name, _, _ = strings.Cut(long[n:], "\n")
			}
		}
		name = decodeLabel([]byte(strings.TrimSuffix(name, "/")))
		names.add(name)
		if err := r.s.budget.entry(); err != nil {
			return err
		}
		data, err = r.expand(bytes.NewReader(data), int64(len(data)))
		if stop := r.memberRead(name, data, int64(size), err); stop != nil {
			return stop
		}
	}
	return nil
}
