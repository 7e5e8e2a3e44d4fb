package recipient

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/mail"
	"strings"

	"golang.org/x/text/encoding/htmlindex"

	"github.com/sekisho-mail/sekisho/policy/email"
)

// ErrHeaderTooLarge is returned for a header block of more than 256 KiB.
var ErrHeaderTooLarge = errors.New("recipient: the header is larger than 256 KiB")

// ParseHeader reads the header block of a mail of the past (what follows the
// first empty line is not looked at). It is for imports, where mail that cannot
// be read is left out, and not for judging.
func ParseHeader(block []byte) (Mail, error) {
	if i := headerEnd(block); i >= 0 {
		block = block[:i]
	}
	if len(block) > importHeader {
		return Mail{}, ErrHeaderTooLarge
	}
	msg, err := mail.ReadMessage(io.MultiReader(bytes.NewReader(block), strings.NewReader("\r\n\r\n")))
	if err != nil {
		return Mail{}, ErrNotMail // the error would show the line
	}
	m := Mail{MessageID: strings.TrimSpace(msg.Header.Get("Message-Id"))}
	if m.Date, err = msg.Header.Date(); err != nil {
		return Mail{}, ErrNotMail
	}
	from := addressList(msg.Header["From"])
	if len(from) == 0 {
		return Mail{}, ErrNotMail
	}
	m.From = from[0]
	m.To, m.Cc, m.Bcc = addressList(msg.Header["To"]), addressList(msg.Header["Cc"]), addressList(msg.Header["Bcc"])
	if len(m.To)+len(m.Cc)+len(m.Bcc) == 0 {
		return Mail{}, ErrNotMail
	}
	for _, field := range []string{"In-Reply-To", "References"} {
		m.References = append(m.References, messageIDs(msg.Header.Get(field))...)
	}
	return m, nil
}

// headerEnd is where the first empty line begins, or -1.
func headerEnd(b []byte) int {
	crlf, lf := bytes.Index(b, []byte("\r\n\r\n")), bytes.Index(b, []byte("\n\n"))
	if crlf < 0 || lf >= 0 && lf < crlf {
		return lf
	}
	return crlf
}

// messageIDs are the <...> of a field.
func messageIDs(field string) []string {
	var out []string
	for {
		start := strings.IndexByte(field, '<')
		if start < 0 {
			return out
		}
		end := strings.IndexByte(field[start:], '>')
		if end < 0 {
			return out
		}
		out = append(out, field[start:start+end+1])
		field = field[start+end+1:]
	}
}

// addressList reads address fields; an entry that is no address is left out,
// as is a whole field that is no list.
func addressList(fields []string) []email.Address {
	parser := mail.AddressParser{WordDecoder: &mime.WordDecoder{CharsetReader: charset}}
	var out []email.Address
	for _, f := range fields {
		list, err := parser.ParseList(f)
		if err != nil {
			continue
		}
		for _, a := range list {
			if p, err := email.ParseAddress(a.Address); err == nil && p.Domain() != "" {
				out = append(out, p)
			}
		}
	}
	return out
}

// charset reads the encodings of the web (ISO-2022-JP and Shift_JIS among them).
func charset(name string, in io.Reader) (io.Reader, error) {
	enc, err := htmlindex.Get(name)
	if err != nil {
		return nil, fmt.Errorf("find charset: %w", err)
	}
	return enc.NewDecoder().Reader(in), nil
}

// readHeader reads up to the first empty line, or the end.
func readHeader(in *bufio.Reader) ([]byte, error) {
	var out []byte
	for {
		piece, err := in.ReadSlice('\n')
		out = append(out, piece...)
		if len(out) > importHeader {
			return nil, ErrHeaderTooLarge
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF):
			return out, nil
		case err != nil:
			return nil, fmt.Errorf("read header: %w", err)
		case len(bytes.TrimRight(piece, "\r\n")) == 0 && len(out) > len(piece):
			return out, nil
		}
	}
}

// header learns from one header block; what is no mail is skipped.
func (i *Importer) header(block []byte) (Imported, error) {
	m, err := ParseHeader(block)
	if err != nil {
		return Imported{Skipped: 1}, nil //nolint:nilerr // mail that cannot be read teaches nothing
	}
	if err := i.learn(m); err != nil {
		return Imported{}, err
	}
	return Imported{Mails: 1}, nil
}

// mbox reads mails divided by "From " lines (RFC 4155), bodies skipped.
func (i *Importer) mbox(in *bufio.Reader) (Imported, error) {
	var sum Imported
	var block []byte
	inHeader, atStart, lines := false, true, 0
	flush := func() error {
		if len(block) == 0 {
			return nil
		}
		got, err := i.header(block)
		sum.add(got)
		block = block[:0]
		return err
	}
	for {
		piece, err := in.ReadSlice('\n')
		full := errors.Is(err, bufio.ErrBufferFull)
		blank := len(bytes.TrimRight(piece, "\r\n")) == 0
		switch {
		case atStart && bytes.HasPrefix(piece, []byte("From ")):
			if err := flush(); err != nil {
				return sum, fmt.Errorf("line %d: %w", lines+1, err)
			}
			inHeader = true
		case inHeader && atStart && blank && !full:
			inHeader = false
		case inHeader && len(block)+len(piece) <= importHeader:
			block = append(block, piece...)
		}
		atStart = !full
		if !full {
			lines++
		}
		if err != nil && !full {
			if !errors.Is(err, io.EOF) {
				return sum, fmt.Errorf("line %d: %w", lines, err)
			}
			return sum, flush()
		}
	}
}
