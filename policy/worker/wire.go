package worker

import (
	"encoding"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"math"
	"reflect"
	"strings"
	"sync"
	"time"
)

// Requests and answers cross the pipes in a form of our own: the fields of each
// struct in their order, numbers as varints, strings and lists behind their length.
// Both ends are the same program, so that no name needs to travel; a checksum of
// all types in front of every value tells when they are not. JSON took a quarter
// of the time of a small mail.
//
// What a child sends may be hostile: a length is held against what is left of the
// frame and against the memory that the value would take, before any is taken.

// maxDecoded bounds the memory of one decoded value in octets, strings left out,
// which lie in the frame.
const maxDecoded = 128 << 20

var (
	errShort    = errors.New("value ends early or takes too much memory")
	errTrailing = errors.New("octets behind the frame's value")
	errShape    = errors.New("value of another program")
)

// codec writes and reads the values of one type.
type codec struct {
	write func(b []byte, v reflect.Value) []byte
	read  func(d *decoder, v reflect.Value)
	// least is how many octets a value takes at least.
	least int
}

// plan is a codec with the checksum of its type.
type plan struct {
	codec
	sum [4]byte
}

// plans are by type, made once.
var plans sync.Map

func planOf(t reflect.Type) *plan {
	if p, ok := plans.Load(t); ok {
		return p.(*plan)
	}
	h := fnv.New32a()
	p := &plan{codec: codecOf(t, func(s string) { _, _ = h.Write([]byte(s + "\x00")) })}
	binary.BigEndian.PutUint32(p.sum[:], h.Sum32())
	got, _ := plans.LoadOrStore(t, p)
	return got.(*plan)
}

// encode appends the value that v points to.
func encode(b []byte, v any) []byte {
	p := planOf(reflect.TypeOf(v).Elem())
	return p.write(append(b, p.sum[:]...), reflect.ValueOf(v).Elem())
}

// decode fills what v points to with exactly one value.
func decode(frame []byte, v any) error {
	p := planOf(reflect.TypeOf(v).Elem())
	if len(frame) < len(p.sum) || [4]byte(frame[:4]) != p.sum {
		return errShape
	}
	// One string for all that the value holds: each is a piece of it.
	d := decoder{b: string(frame[4:]), room: maxDecoded}
	p.read(&d, reflect.ValueOf(v).Elem())
	if d.err == nil && len(d.b) > 0 {
		d.err = errTrailing
	}
	return d.err
}

// decoder is a frame being read. After an error all values are zero.
type decoder struct {
	b    string
	room int
	err  error
}

func (d *decoder) fail(err error) { d.b, d.err = "", err }

func (d *decoder) take(n uint64) string {
	if n > uint64(len(d.b)) {
		d.fail(errShort)
		return ""
	}
	s := d.b[:n]
	d.b = d.b[n:]
	return s
}

func (d *decoder) uvarint() uint64 {
	var x uint64
	for i := range min(len(d.b), binary.MaxVarintLen64) {
		c := d.b[i]
		if x |= uint64(c&0x7f) << (7 * i); c < 0x80 {
			d.b = d.b[i+1:]
			return x
		}
	}
	d.fail(errShort)
	return 0
}

func (d *decoder) varint() int64 {
	x := d.uvarint()
	return int64(x>>1) ^ -int64(x&1)
}

// reserve tells whether n values may be made that take so much of the frame and of
// memory each.
func (d *decoder) reserve(n uint64, least, size int) bool {
	if n > uint64(len(d.b)/max(least, 1)) || n > uint64(d.room/max(size, 1)) {
		d.fail(errShort)
		return false
	}
	d.room -= int(n) * size
	return true
}

var (
	timeType   = reflect.TypeFor[time.Time]()
	textType   = reflect.TypeFor[encoding.TextMarshaler]()
	untextType = reflect.TypeFor[encoding.TextUnmarshaler]()
)

// codecOf makes the codec of a type and describes the type. A type that has none is
// a mistake of ours, which every test of this package finds.
func codecOf(t reflect.Type, describe func(string)) codec {
	describe(t.String())
	switch {
	case t == timeType:
		return timeCodec
	case t.Implements(textType) && reflect.PointerTo(t).Implements(untextType):
		return textCodec
	}
	switch t.Kind() {
	case reflect.Bool:
		return boolCodec
	case reflect.Int, reflect.Int32, reflect.Int64:
		return intCodec
	case reflect.Uint, reflect.Uint32, reflect.Uint64:
		return uintCodec
	case reflect.Float64:
		return floatCodec
	case reflect.String:
		return stringCodec
	case reflect.Pointer:
		return pointerCodec(t.Elem(), describe)
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return bytesCodec
		}
		return sliceCodec(t, describe)
	case reflect.Array:
		if t.Elem().Kind() == reflect.Uint8 {
			return arrayCodec(t.Len())
		}
	case reflect.Struct:
		return structCodec(t, describe)
	}
	panic("worker: no way to send a " + t.String())
}

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

var boolCodec = codec{
	write: func(b []byte, v reflect.Value) []byte {
		if v.Bool() {
			return append(b, 1)
		}
		return append(b, 0)
	},
	read:  func(d *decoder, v reflect.Value) { v.SetBool(d.uvarint() != 0) },
	least: 1,
}

var intCodec = codec{
	write: func(b []byte, v reflect.Value) []byte { return binary.AppendVarint(b, v.Int()) },
	read: func(d *decoder, v reflect.Value) {
		if x := d.varint(); v.OverflowInt(x) {
			d.fail(errShort)
		} else {
			v.SetInt(x)
		}
	},
	least: 1,
}

var uintCodec = codec{
	write: func(b []byte, v reflect.Value) []byte { return binary.AppendUvarint(b, v.Uint()) },
	read: func(d *decoder, v reflect.Value) {
		if x := d.uvarint(); v.OverflowUint(x) {
			d.fail(errShort)
		} else {
			v.SetUint(x)
		}
	},
	least: 1,
}

var floatCodec = codec{
	write: func(b []byte, v reflect.Value) []byte {
		return binary.BigEndian.AppendUint64(b, math.Float64bits(v.Float()))
	},
	read: func(d *decoder, v reflect.Value) {
		if s := d.take(8); s != "" {
			v.SetFloat(math.Float64frombits(binary.BigEndian.Uint64([]byte(s))))
		}
	},
	least: 8,
}

// stringCodec lets nothing but valid UTF-8 through, which readers of an answer count
// on.
var stringCodec = codec{
	write: func(b []byte, v reflect.Value) []byte { return appendString(b, v.String()) },
	read: func(d *decoder, v reflect.Value) {
		v.SetString(strings.ToValidUTF8(d.take(d.uvarint()), "\ufffd"))
	},
	least: 1,
}

// bytesCodec keeps nil apart from empty, as sliceCodec does: their length is one
// more.
var bytesCodec = codec{
	write: func(b []byte, v reflect.Value) []byte {
		if v.IsNil() {
			return append(b, 0)
		}
		return append(binary.AppendUvarint(b, uint64(v.Len())+1), v.Bytes()...)
	},
	read: func(d *decoder, v reflect.Value) {
		if n := d.uvarint(); n > 0 && d.reserve(n-1, 1, 1) {
			v.SetBytes([]byte(d.take(n - 1)))
		}
	},
	least: 1,
}

var timeCodec = codec{
	write: func(b []byte, v reflect.Value) []byte {
		// What has no such form (a zone of odd seconds) arrives as no time.
		raw, _ := v.Interface().(time.Time).MarshalBinary()
		return appendString(b, string(raw))
	},
	read: func(d *decoder, v reflect.Value) {
		raw := d.take(d.uvarint())
		if raw == "" {
			return
		}
		if err := v.Addr().Interface().(*time.Time).UnmarshalBinary([]byte(raw)); err != nil {
			d.fail(errShort)
		}
	},
	least: 1,
}

// textCodec is for types that keep their fields to themselves.
var textCodec = codec{
	write: func(b []byte, v reflect.Value) []byte {
		text, _ := v.Interface().(encoding.TextMarshaler).MarshalText()
		return appendString(b, string(text))
	},
	read: func(d *decoder, v reflect.Value) {
		text := d.take(d.uvarint())
		if err := v.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(text)); err != nil && d.err == nil {
			d.fail(fmt.Errorf("read text: %w", errShape)) // its own words may quote the value
		}
	},
	least: 1,
}

func pointerCodec(elem reflect.Type, describe func(string)) codec {
	c := codecOf(elem, describe)
	return codec{
		write: func(b []byte, v reflect.Value) []byte {
			if v.IsNil() {
				return append(b, 0)
			}
			return c.write(append(b, 1), v.Elem())
		},
		read: func(d *decoder, v reflect.Value) {
			if d.uvarint() == 0 || !d.reserve(1, c.least, int(elem.Size())) {
				return
			}
			v.Set(reflect.New(elem))
			c.read(d, v.Elem())
		},
		least: 1,
	}
}

func sliceCodec(t reflect.Type, describe func(string)) codec {
	c, size := codecOf(t.Elem(), describe), int(t.Elem().Size())
	return codec{
		write: func(b []byte, v reflect.Value) []byte {
			if v.IsNil() {
				return append(b, 0)
			}
			b = binary.AppendUvarint(b, uint64(v.Len())+1)
			for i := range v.Len() {
				b = c.write(b, v.Index(i))
			}
			return b
		},
		read: func(d *decoder, v reflect.Value) {
			n := d.uvarint()
			if n == 0 || !d.reserve(n-1, c.least, size) {
				return
			}
			v.Set(reflect.MakeSlice(t, int(n-1), int(n-1)))
			for i := 0; i < int(n-1) && d.err == nil; i++ {
				c.read(d, v.Index(i))
			}
		},
		least: 1,
	}
}

func arrayCodec(n int) codec {
	return codec{
		write: func(b []byte, v reflect.Value) []byte {
			for i := range n {
				b = append(b, byte(v.Index(i).Uint()))
			}
			return b
		},
		read: func(d *decoder, v reflect.Value) {
			reflect.Copy(v, reflect.ValueOf([]byte(d.take(uint64(n)))))
		},
		least: n,
	}
}

func structCodec(t reflect.Type, describe func(string)) codec {
	var fields []codec
	least := 0
	for i := range t.NumField() {
		f := t.Field(i)
		if !f.IsExported() {
			panic("worker: no way to send " + t.String() + "." + f.Name)
		}
		describe(f.Name)
		c := codecOf(f.Type, describe)
		fields, least = append(fields, c), least+c.least
	}
	return codec{
		write: func(b []byte, v reflect.Value) []byte {
			for i := range fields {
				b = fields[i].write(b, v.Field(i))
			}
			return b
		},
		read: func(d *decoder, v reflect.Value) {
			for i := range fields {
				fields[i].read(d, v.Field(i))
			}
		},
		least: least,
	}
}
