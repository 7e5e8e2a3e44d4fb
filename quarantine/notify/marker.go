package notify

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
)

// MarkHeader is the header field by which the guard knows its own notices.
const MarkHeader = "X-Sekisho-Notice"

// markVersion begins every mark.
const markVersion = "v1"

// MarkLife is how long after its date a mark is believed: as long as mail systems
// try to deliver (RFC 5321 section 4.5.4.1), with some days to spare.
const MarkLife = 7 * 24 * time.Hour

// markSkew is how far a mark's date may lie in the future: another node's clock.
const markSkew = 5 * time.Minute

// Marker writes and checks the mark of our own notices: a keyed hash over
// Message-ID, date and the one recipient. Who copies a mark can write to that
// recipient only, who is inside and has read the notice already.
type Marker struct{ key []byte }

// NewMarker derives the marker's key from the site key.
func NewMarker(siteKey []byte) Marker {
	m := hmac.New(sha256.New, siteKey)
	m.Write([]byte("sekisho notice mark"))
	return Marker{m.Sum(nil)}
}

func (m Marker) mark(messageID, date string, to email.Address) string {
	h := hmac.New(sha256.New, m.key)
	for _, s := range []string{strings.TrimSpace(messageID), strings.TrimSpace(date), to.Key()} {
		fmt.Fprintf(h, "%d:%s", len(s), s)
	}
	return markVersion + " " + hex.EncodeToString(h.Sum(nil))
}

// Verify tells whether a mail that arrives is one of our own notices: null path,
// one recipient, and a mark that fits Message-ID, Date and recipient and is not
// too old at now. header is the header block, with CRLF or LF. Such a mail is
// passed unquestioned and no notice is ever written about it. Fields that stand
// twice, or not at all, make it an ordinary mail.
func (m Marker) Verify(header []byte, env email.Envelope, now time.Time) bool {
	if len(m.key) == 0 || !env.Sender.IsNull() || len(env.Recipients) != 1 {
		return false
	}
	f, ok := markFields(header)
	if !ok {
		return false
	}
	date, err := time.Parse(time.RFC1123Z, f.date)
	if err != nil || now.Sub(date) > MarkLife || date.Sub(now) > markSkew {
		return false
	}
	want := m.mark(f.id, f.date, env.Recipients[0].Address)
	return hmac.Equal([]byte(f.mark), []byte(want))
}

type marked struct{ id, date, mark string }

// markFields finds the three fields, each of which must stand exactly once.
func markFields(header []byte) (marked, bool) {
	var f marked
	seen := map[string]int{}
	slots := map[string]*string{"message-id": &f.id, "date": &f.date, strings.ToLower(MarkHeader): &f.mark}
	for len(header) > 0 {
		var field []byte
		field, header = nextField(header)
		if len(bytes.TrimSpace(field)) == 0 {
			break // the blank line after the header
		}
		name, value, ok := bytes.Cut(field, []byte(":"))
		key := strings.ToLower(strings.TrimSpace(string(name)))
		if slot := slots[key]; ok && slot != nil {
			seen[key]++
			*slot = strings.Join(strings.Fields(string(value)), " ")
		}
	}
	for key := range slots {
		if seen[key] != 1 {
			return marked{}, false
		}
	}
	return f, true
}

// nextField cuts off one field with its folded lines.
func nextField(header []byte) (field, rest []byte) {
	for i := 0; ; {
		n := bytes.IndexByte(header[i:], '\n')
		if n < 0 {
			return header, nil
		}
		i += n + 1
		if i == len(header) || header[i] != ' ' && header[i] != '\t' {
			return header[:i], header[i:]
		}
	}
}
