// Package sealed keeps bytes on disk so that nobody without the key can read,
// change, shorten, extend or swap them.
//
// Format: 64 KiB chunks, each AES-256-GCM with a nonce that counts up and whose
// last byte marks the final chunk (the STREAM construction of Hoang, Reyhanitabar,
// Rogaway and Vizár, CRYPTO 2015). A key seals one stream only, so a counter is
// a safe nonce. A truncated, reordered or foreign file fails to open with
// ErrDamaged; no byte of a chunk is returned before the chunk was verified.
//
// The spool writes such files under a key made for that file; the quarantine
// takes a file over by rename and keeps its key wrapped under the site's key.
// Throwing the key away deletes the content.
package sealed

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// ChunkSize is how many octets of plaintext one chunk holds.
const ChunkSize = 64 << 10

const overhead = 16 // GCM tag

// Key seals exactly one stream.
type Key [32]byte

// NewKey makes a random key.
func NewKey() Key {
	var k Key
	_, _ = rand.Read(k[:]) // never fails since Go 1.24
	return k
}

// ErrDamaged is returned when bytes were changed, cut or sealed with another key.
var ErrDamaged = errors.New("sealed: content is damaged or was sealed with another key")

// Size is the length of the sealed form of n plain octets.
func Size(n int64) int64 {
	chunks := max(1, (n+ChunkSize-1)/ChunkSize)
	return n + chunks*overhead
}

func (k Key) aead() cipher.AEAD {
	block, err := aes.NewCipher(k[:])
	if err != nil {
		panic("sealed: " + err.Error()) // the key has the right length by its type
	}
	a, err := cipher.NewGCM(block)
	if err != nil {
		panic("sealed: " + err.Error())
	}
	return a
}

func nonce(n uint64, last bool) []byte {
	var b [12]byte
	binary.BigEndian.PutUint64(b[3:11], n)
	if last {
		b[11] = 1
	}
	return b[:]
}

// Writer seals what is written to it. Close writes the final chunk; without it
// the stream cannot be opened.
type Writer struct {
	w    io.Writer
	aead cipher.AEAD
	buf  []byte
	out  []byte
	n    uint64
	err  error
}

// NewWriter seals to w under key. It does not close w.
func NewWriter(w io.Writer, key Key) *Writer {
	return &Writer{w: w, aead: key.aead(), buf: make([]byte, 0, ChunkSize), out: make([]byte, 0, ChunkSize+overhead)}
}

// Write takes plain octets. After an error every further call returns it.
func (w *Writer) Write(p []byte) (int, error) {
	total := len(p)
	for len(p) > 0 && w.err == nil {
		if len(w.buf) == ChunkSize { // more follows, so this is not the last
			w.flush(false)
		}
		n := copy(w.buf[len(w.buf):ChunkSize], p)
		w.buf = w.buf[:len(w.buf)+n]
		p = p[n:]
	}
	if w.err != nil {
		return 0, w.err
	}
	return total, nil
}

// Close writes the final chunk.
func (w *Writer) Close() error {
	if w.err == nil {
		w.flush(true)
		if w.err == nil {
			w.err = errors.New("sealed: writer is closed")
			return nil
		}
	}
	return w.err
}

func (w *Writer) flush(last bool) {
	w.out = w.aead.Seal(w.out[:0], nonce(w.n, last), w.buf, nil)
	w.n++
	w.buf = w.buf[:0]
	if _, err := w.w.Write(w.out); err != nil {
		w.err = fmt.Errorf("write sealed chunk: %w", err)
	}
}

// Reader opens a sealed stream.
type Reader struct {
	r    io.Reader
	aead cipher.AEAD
	in   []byte // one chunk plus one octet of look-ahead
	have int
	text []byte // the opened chunk, used again by the next
	out  []byte // what of it is not yet read
	n    uint64
	done bool
	err  error
}

// NewReader opens what was sealed to r under key. r must end where the sealed
// stream ends.
func NewReader(r io.Reader, key Key) *Reader {
	return &Reader{r: r, aead: key.aead(), in: make([]byte, ChunkSize+overhead+1)}
}

// Read returns verified plain octets; io.EOF only after the final chunk.
func (r *Reader) Read(p []byte) (int, error) {
	for len(r.out) == 0 {
		if r.err != nil {
			return 0, r.err
		}
		if r.done {
			return 0, io.EOF
		}
		r.next()
	}
	n := copy(p, r.out)
	r.out = r.out[n:]
	return n, nil
}

func (r *Reader) next() {
	n, err := io.ReadFull(r.r, r.in[r.have:])
	n += r.have
	full := ChunkSize + overhead
	switch {
	case err == nil: // look-ahead read: not the last chunk
		ahead := r.in[full]
		r.open(r.in[:full], false)
		r.in[0], r.have = ahead, 1
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		r.done = true
		r.open(r.in[:n], true)
	default:
		r.err = fmt.Errorf("read sealed chunk: %w", err)
	}
}

func (r *Reader) open(chunk []byte, last bool) {
	out, err := r.aead.Open(r.text[:0], nonce(r.n, last), chunk, nil)
	if err != nil {
		r.err = ErrDamaged
		return
	}
	r.n++
	r.text, r.out = out, out
}

// Wrap seals a small value (a key, a header) under a long-lived key with a
// random nonce; context is authenticated with it, so that two wrapped values
// cannot be swapped.
func Wrap(key Key, plain []byte, context string) []byte { return NewWrapper(key).Wrap(plain, context) }

// Wrapper wraps many values under one key, which is made ready once. It is safe for
// concurrent use.
type Wrapper struct{ aead cipher.AEAD }

// NewWrapper makes a key ready.
func NewWrapper(key Key) Wrapper { return Wrapper{key.aead()} }

// Wrap is the function Wrap under the wrapper's key.
func (w Wrapper) Wrap(plain []byte, context string) []byte {
	return w.Append(make([]byte, 0, 12+len(plain)+overhead), plain, []byte(context))
}

// Append is Wrap into the memory of to, which must not overlap plain.
func (w Wrapper) Append(to, plain, context []byte) []byte {
	begin := len(to)
	to = append(to, make([]byte, 12)...)
	nonce := to[begin:]
	_, _ = rand.Read(nonce)
	return w.aead.Seal(to, nonce, plain, context)
}

// Unwrap opens what Wrap made under the same key and context.
func Unwrap(key Key, wrapped []byte, context string) ([]byte, error) {
	if len(wrapped) < 12+overhead {
		return nil, ErrDamaged
	}
	plain, err := key.aead().Open(nil, wrapped[:12], wrapped[12:], []byte(context))
	if err != nil {
		return nil, ErrDamaged
	}
	return plain, nil
}
