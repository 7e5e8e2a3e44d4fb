package recipient

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"math"
)

// magic begins a snapshot and tells its version; a CRC-32C of everything before
// it ends one. Numbers are unsigned varints unless said otherwise.
const magic = "SKHIST1\n"

// maxName bounds a stored address, in octets.
const maxName = 2048

func (e entry) encode(b []byte) []byte {
	var flags byte
	if e.incoming {
		flags |= 1
	}
	if e.imported {
		flags |= 2
	}
	b = append(b, flags)
	b = binary.AppendUvarint(b, uint64(e.minute))
	b = appendString(b, e.from)
	b = binary.AppendUvarint(b, uint64(len(e.to)))
	for _, a := range e.to {
		b = appendString(b, a)
	}
	b = binary.BigEndian.AppendUint64(b, e.id)
	for _, r := range e.refs {
		b = binary.BigEndian.AppendUint64(b, r)
	}
	return b
}

func appendString(b []byte, s string) []byte {
	b = binary.AppendUvarint(b, uint64(len(s)))
	return append(b, s...)
}

// decodeEntry reads what encode wrote; ok is false for anything else.
func decodeEntry(b []byte) (e entry, ok bool) {
	d := cutter{b: b, ok: true}
	flags := d.take(1)
	if !d.ok {
		return e, false
	}
	e.incoming, e.imported = flags[0]&1 != 0, flags[0]&2 != 0
	e.minute = uint32(min(d.number(), math.MaxUint32/2))
	e.from = string(d.take(d.number()))
	n := d.number()
	if n > lineCap {
		return e, false
	}
	for range n {
		e.to = append(e.to, string(d.take(d.number())))
	}
	if id := d.take(8); d.ok {
		e.id = binary.BigEndian.Uint64(id)
	}
	for d.ok && len(d.b) > 0 {
		if r := d.take(8); d.ok {
			e.refs = append(e.refs, binary.BigEndian.Uint64(r))
		}
	}
	return e, d.ok
}

// cutter takes pieces off the front of b; once one is missing, ok is false.
type cutter struct {
	b  []byte
	ok bool
}

func (d *cutter) take(n uint64) []byte {
	if !d.ok || n > uint64(len(d.b)) {
		d.ok = false
		return nil
	}
	out := d.b[:n]
	d.b = d.b[n:]
	return out
}

func (d *cutter) number() uint64 {
	if !d.ok {
		return 0
	}
	v, n := binary.Uvarint(d.b)
	if n <= 0 {
		d.ok = false
		return 0
	}
	d.b = d.b[n:]
	return v
}

// snapshotWriter remembers the first error.
type snapshotWriter struct {
	w   *bufio.Writer
	sum hash.Hash32
	tmp []byte
	err error
}

func (w *snapshotWriter) bytes(b []byte) {
	if w.err == nil {
		_, _ = w.sum.Write(b)
		_, w.err = w.w.Write(b)
	}
}

func (w *snapshotWriter) numbers(list ...uint64) {
	w.tmp = w.tmp[:0]
	for _, n := range list {
		w.tmp = binary.AppendUvarint(w.tmp, n)
	}
	w.bytes(w.tmp)
}

func (w *snapshotWriter) text(s string) {
	w.numbers(uint64(len(s)))
	w.bytes([]byte(s))
}

func (s *state) encode(to io.Writer) error {
	w := &snapshotWriter{w: bufio.NewWriterSize(to, 1<<20), sum: crc32.New(castagnoli)}
	w.bytes([]byte(magic))
	imported := uint64(0)
	if s.imported {
		imported = 1
	}
	w.numbers(imported, uint64(s.first), uint64(s.last), uint64(s.swept))
	w.numbers(uint64(len(s.domains)))
	for _, d := range s.domains {
		w.text(d.name)
		w.numbers(uint64(d.staff), uint64(d.sent), uint64(d.heard), uint64(d.first))
	}
	w.numbers(uint64(len(s.addresses)))
	for _, a := range s.addresses {
		w.text(a.name)
		w.numbers(uint64(a.domain), uint64(a.staff), uint64(a.sent), uint64(a.heard), uint64(a.last))
	}
	w.numbers(uint64(len(s.senders)))
	for id, me := range s.senders {
		w.numbers(uint64(id), uint64(me.sent), uint64(len(me.contacts)))
		for c, v := range me.contacts {
			w.numbers(uint64(c), uint64(v.sent), uint64(v.heard), uint64(math.Float32bits(v.weight)), uint64(v.last))
		}
		w.numbers(uint64(len(me.domains)))
		for d, n := range me.domains {
			w.numbers(uint64(d), uint64(n))
		}
	}
	for _, pairs := range []map[uint64]uint16{s.pairs, s.ownPairs} {
		w.numbers(uint64(len(pairs)))
		for k, n := range pairs {
			w.numbers(k, uint64(n))
		}
	}
	w.threads(s.threads)
	if w.err == nil {
		_, w.err = w.w.Write(binary.BigEndian.AppendUint32(nil, w.sum.Sum32()))
	}
	if w.err == nil {
		w.err = w.w.Flush()
	}
	return w.err
}

func (w *snapshotWriter) threads(threads map[uint64]thread) {
	w.numbers(uint64(len(threads)))
	for id, t := range threads {
		w.numbers(id, uint64(t.day), uint64(len(t.people)))
		for _, p := range t.people {
			w.numbers(uint64(p))
		}
	}
}

// verifySum reads a snapshot through and compares its checksum.
func verifySum(r io.Reader) error {
	in := bufio.NewReaderSize(r, 1<<20)
	sum := crc32.New(castagnoli)
	for {
		b, err := in.Peek(1<<19 + 4)
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("read history snapshot: %w", err)
		}
		if len(b) < 4 {
			return ErrHistoryDamaged
		}
		_, _ = sum.Write(b[:len(b)-4])
		if err != nil {
			if binary.BigEndian.Uint32(b[len(b)-4:]) != sum.Sum32() {
				return ErrHistoryDamaged
			}
			return nil
		}
		if _, err := in.Discard(len(b) - 4); err != nil {
			return fmt.Errorf("read history snapshot: %w", err)
		}
	}
}

// snapshotReader remembers the first error and gives zeros from then on.
type snapshotReader struct {
	r   *bufio.Reader
	err error
}

func (r *snapshotReader) number() uint64 {
	if r.err != nil {
		return 0
	}
	var v uint64
	v, r.err = binary.ReadUvarint(r.r)
	return v
}

func (r *snapshotReader) small() uint32 { return uint32(min(r.number(), math.MaxUint32)) }

// index is a number below n.
func (r *snapshotReader) index(n int) uint32 {
	v := r.number()
	if r.err == nil && v >= uint64(n) {
		r.err = ErrHistoryDamaged
	}
	return uint32(v)
}

func (r *snapshotReader) text() string {
	n := r.number()
	if n > maxName {
		r.err = ErrHistoryDamaged
	}
	if r.err != nil {
		return ""
	}
	b := make([]byte, n)
	_, r.err = io.ReadFull(r.r, b)
	return string(b)
}

// each calls f n times, until an error.
func (r *snapshotReader) each(n uint64, f func()) {
	for i := uint64(0); i < n && r.err == nil; i++ {
		f()
	}
}

func (s *state) decode(from io.Reader) error {
	r := &snapshotReader{r: bufio.NewReaderSize(from, 1<<20)}
	head := make([]byte, len(magic))
	if _, err := io.ReadFull(r.r, head); err != nil || string(head) != magic {
		return ErrHistoryDamaged
	}
	s.imported = r.number() == 1
	s.first, s.last, s.swept = r.small(), r.small(), r.small()
	r.each(r.number(), func() {
		d := domain{name: r.text(), staff: r.small(), sent: r.small(), heard: r.small(), first: r.small()}
		s.domainID[d.name] = uint32(len(s.domains))
		s.domains = append(s.domains, d)
	})
	r.each(r.number(), func() {
		a := address{name: r.text(), domain: r.index(len(s.domains)), staff: r.small(), sent: r.small(), heard: r.small(), last: r.small()}
		a.starts = startsOf(a.name)
		s.addressID[a.name] = uint32(len(s.addresses))
		s.addresses = append(s.addresses, a)
	})
	r.each(r.number(), func() { s.decodeSender(r) })
	for _, pairs := range []map[uint64]uint16{s.pairs, s.ownPairs} {
		r.each(r.number(), func() {
			k := r.number()
			pairs[k] = uint16(min(r.number(), math.MaxUint16))
		})
	}
	r.each(r.number(), func() {
		id := r.number()
		t := thread{day: r.small()}
		r.each(r.number(), func() { t.people = append(t.people, r.index(len(s.addresses))) })
		s.threads[id] = t
	})
	if r.err != nil {
		return fmt.Errorf("%w: %w", ErrHistoryDamaged, r.err)
	}
	return nil
}

func (s *state) decodeSender(r *snapshotReader) {
	me := s.sender(r.index(len(s.addresses)))
	me.sent = r.small()
	r.each(r.number(), func() {
		id := r.index(len(s.addresses))
		me.contacts[id] = contact{sent: r.small(), heard: r.small(), weight: math.Float32frombits(r.small()), last: r.small()}
	})
	r.each(r.number(), func() {
		id := r.index(len(s.domains))
		me.domains[id] = r.small()
	})
}
