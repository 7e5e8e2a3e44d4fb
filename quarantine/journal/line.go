package journal

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// Line is one line of the journal as Drain hands it over. Numbers that are missing
// between two lines belong to events of the journal itself.
type Line = quarantine.Line

// maxLine is the longest line. A record beyond it is kept without its facts.
const maxLine = 4 << 20

// content is a line as it is written. The hash stands behind it and is taken
// over all octets before.
type content struct {
	Seq    int64           `json:"seq"`
	Prev   email.Digest    `json:"prev"`
	Time   time.Time       `json:"time"`
	Event  *event          `json:"event,omitempty"`
	Record json.RawMessage `json:"record,omitempty"`
}

// event is something that happened to the journal itself.
type event struct {
	// Kind is "healed" (an unfinished line was cut off) or "broken" (the chain
	// was found changed).
	Kind string `json:"kind"`
	Text string `json:"text"`
}

const (
	healed = "healed"
	broken = "broken"
)

var (
	hashLead = []byte(`,"hash":"`)
	hashTail = []byte("\"}\n")
)

const hashSize = 2 * sha256.Size

// encode writes a line and returns it, the record's part of it, and its hash. It
// says what json.Marshal would say of c, without reading the record's JSON again.
func encode(c content) (line, record []byte, _ email.Digest, _ error) {
	b := make([]byte, 0, len(c.Record)+320)
	b = strconv.AppendInt(append(b, `{"seq":`...), c.Seq, 10)
	b = hex.AppendEncode(append(b, `,"prev":"`...), c.Prev[:])
	b = c.Time.AppendFormat(append(b, `","time":"`...), time.RFC3339Nano)
	b = append(b, '"')
	if c.Event != nil {
		e, err := json.Marshal(c.Event)
		if err != nil {
			return nil, nil, email.Digest{}, fmt.Errorf("write journal line: %w", err)
		}
		b = append(append(b, `,"event":`...), e...)
	}
	if len(c.Record) > 0 {
		b = append(b, `,"record":`...)
		from := len(b)
		b = append(b, c.Record...)
		record = b[from:len(b):len(b)]
	}
	sum := sha256.Sum256(b)
	b = append(b, hashLead...)
	b = hex.AppendEncode(b, sum[:])
	return append(b, hashTail...), record, sum, nil
}

var (
	errNoLine   = errors.New("it is not a line of the journal")
	errBadHash  = errors.New("its hash does not fit: it was changed")
	errTooLarge = errors.New("it is too long")
)

// decode reads a line with its newline and checks its own hash.
func decode(line []byte) (content, email.Digest, error) {
	var c content
	var sum email.Digest
	k := len(line) - len(hashTail) - hashSize
	if k < len(hashLead) || !bytes.HasSuffix(line, hashTail) || !bytes.HasSuffix(line[:k], hashLead) {
		return c, sum, errNoLine
	}
	if _, err := hex.Decode(sum[:], line[k:k+hashSize]); err != nil {
		return c, sum, errNoLine
	}
	body := line[:k-len(hashLead)]
	if sha256.Sum256(body) != sum {
		return c, sum, errBadHash
	}
	if err := json.Unmarshal(line, &c); err != nil {
		return c, sum, errNoLine
	}
	return c, sum, nil
}

// maxKept is how large a buffer for records may grow and be used again.
const maxKept = 64 << 10

// encodeRecord is the record as JSON, in the memory of buf. Facts and verdict are
// left out, of r too, where they would make the line too long.
func encodeRecord(buf []byte, r *policy.Record) ([]byte, error) {
	b, err := r.AppendJSON(buf[:0])
	if err == nil && len(b) > maxLine-1024 {
		r.Facts, r.Verdict = nil, nil
		b, err = r.AppendJSON(b[:0])
	}
	if err != nil {
		return nil, fmt.Errorf("write journal record: %w", err)
	}
	if len(b) > maxLine-1024 {
		return nil, errTooLarge
	}
	return b, nil
}
