package proxy

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"github.com/sekisho-mail/sekisho/policy/email"
)

// Marker is a header field that says, under a key that only this site has, how
// often a mail went through here: a mail that a cloud service sends back to us is
// recognised although the service may have changed every other field. Whatever
// carries the field's name when it comes in is taken out, so that nobody can
// write it for us.
type Marker struct {
	// Name is the field's name, "X-Sekisho-Mark".
	Name string
	// Node is in every mark, so that another installation's are none of ours.
	Node string
	// Keys are the secrets: the first is written with, all are read with.
	Keys [][]byte
}

// maxMarks is how often a mail may have been here before.
const maxMarks = 2

// Field is the header field of a mail that goes through for the nth time, CRLF
// included.
func (m *Marker) Field(env email.Envelope, n int) []byte {
	return fmt.Appendf(nil, "%s: 1 %s %d %s\r\n", m.Name, env.ID, n, m.sum(m.Keys[0], string(env.ID), n, env.Sender.Key()))
}

func (m *Marker) sum(key []byte, id string, n int, sender string) string {
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "sekisho mark 1\n%s\n%s\n%d\n%s", m.Node, id, n, sender)
	return hex.EncodeToString(mac.Sum(nil))
}

// read gives the count of a mark, 0 for one that is not ours. The sender is part
// of it, so that a mark that was seen in one mail is no use in another's.
func (m *Marker) read(value []byte, sender email.Address) int {
	w := strings.Fields(string(value))
	if len(w) != 4 || w[0] != "1" {
		return 0
	}
	n, err := strconv.Atoi(w[2])
	if err != nil || n < 1 {
		return 0
	}
	for _, key := range m.Keys {
		if hmac.Equal([]byte(w[3]), []byte(m.sum(key, w[1], n, sender.Key()))) {
			return n
		}
	}
	return 0
}

// cutFields returns the block without the fields of a name and hands their
// values to see. The block is not changed; it is returned as it is when there is
// no such field.
func cutFields(block []byte, name string, see func(value []byte)) []byte {
	var rest []byte
	found := false
	for left := block; len(left) > 0; {
		var field []byte
		field, left = cutField(left)
		key, value, ok := bytes.Cut(field, []byte(":"))
		if ok && strings.EqualFold(strings.TrimRight(string(key), " \t"), name) {
			if !found {
				rest = append(make([]byte, 0, len(block)), block[:len(block)-len(left)-len(field)]...)
				found = true
			}
			see(value)
			continue
		}
		if found {
			rest = append(rest, field...)
		}
	}
	if !found {
		return block
	}
	return rest
}
