package extract

import (
	"encoding/binary"
	"fmt"
)

// The engine's code has no place where it could be stopped, and what would stop it from
// outside (wazero's WithCloseOnContextDone) leaves for Go at every turn of every loop,
// which made pages take three and a half times as long. So the code is given such places
// before it is compiled: each turn of a loop counts a number down, and at nought the code
// asks a function that it imports anyway, which need not come back.

// pauseImport is that function, of one number and answering one; the library has it for
// drawing step by step, which is not done here.
const pauseImport = "IFSDK_PAUSE_NeedToPauseNow_CB"

// turnsBetween is after how many turns of loops the code asks: some tens of microseconds.
const turnsBetween = 1 << 15

// Sections and instructions of the WebAssembly binary format (W3C WebAssembly Core 2.0, 5).
const (
	wasmImports = 2
	wasmGlobals = 6
	wasmCode    = 10

	wasmBlock, wasmLoop, wasmIf = 0x02, 0x03, 0x04
	wasmBranchTable             = 0x0e
	wasmCallIndirect            = 0x11
	wasmSelectTyped             = 0x1c
	wasmI32, wasmI64            = 0x41, 0x42
	wasmF32, wasmF64            = 0x43, 0x44
	wasmBulk                    = 0xfc
)

// withPauses is the module with a call of pauseImport in its loops.
func withPauses(module []byte) ([]byte, error) {
	if len(module) < 8 || string(module[:4]) != "\x00asm" {
		return nil, fmt.Errorf("read pdf engine: %w", errEngine)
	}
	out := append(make([]byte, 0, len(module)+len(module)/8), module[:8]...)
	r := &wasmReader{d: module, at: 8}
	var pause, global uint64
	found := false
	for r.at < len(module) && !r.bad {
		id := r.byte()
		body := &wasmReader{d: r.take(r.number())}
		content := body.d
		switch id {
		case wasmImports:
			pause, global, found = body.imports()
		case wasmGlobals:
			n := body.number()
			global += n
			// One more: an i32 that can be set, which begins as turnsBetween.
			content = append(binary.AppendUvarint(nil, n+1), body.d[body.at:]...)
			content = append(wasmConst(append(content, 0x7f, 0x01), turnsBetween), 0x0b)
		case wasmCode:
			content = body.code(pauseCode(pause, global))
		}
		r.bad = r.bad || body.bad
		out = append(binary.AppendUvarint(append(out, id), uint64(len(content))), content...)
	}
	if r.bad || !found {
		return nil, fmt.Errorf("read pdf engine: %w", errEngine)
	}
	return out, nil
}

// wasmConst appends the instruction that gives a number.
func wasmConst(b []byte, n int64) []byte {
	b = append(b, wasmI32)
	for ; n >= 64; n >>= 7 {
		b = append(b, byte(n)|0x80)
	}
	return append(b, byte(n))
}

// pauseCode is what a loop does at each turn.
func pauseCode(pause, global uint64) []byte {
	const get, set, call, sub, isZero, drop, end, empty = 0x23, 0x24, 0x10, 0x6b, 0x45, 0x1a, 0x0b, 0x40
	count := func(b []byte, op byte) []byte { return binary.AppendUvarint(append(b, op), global) }
	b := append(wasmConst(count(nil, get), 1), sub)
	b = count(count(b, set), get)
	b = wasmConst(append(b, isZero, wasmIf, empty), 0)
	b = append(binary.AppendUvarint(append(b, call), pause), drop)
	return append(count(wasmConst(b, turnsBetween), set), end)
}

// wasmReader goes through a part of a module. What does not fit makes it bad, and it then
// answers nothing.
type wasmReader struct {
	d   []byte
	at  int
	bad bool
}

func (r *wasmReader) take(n uint64) []byte {
	if n > uint64(len(r.d)-r.at) {
		r.bad, n = true, 0
		r.at = len(r.d)
	}
	r.at += int(n)
	return r.d[r.at-int(n) : r.at]
}

func (r *wasmReader) byte() byte {
	if b := r.take(1); len(b) == 1 {
		return b[0]
	}
	return 0
}

// number reads a number of seven bits an octet, of which only the length counts where it
// is a signed one.
func (r *wasmReader) number() (v uint64) {
	for shift := 0; shift < 70; shift += 7 {
		b := r.byte()
		v |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return v
		}
	}
	r.bad = true
	return 0
}

// imports finds the number of pauseImport among the functions, and how many global
// variables are imported.
func (r *wasmReader) imports() (pause, globals uint64, found bool) {
	const function, global = 0, 3
	functions := uint64(0)
	for n := r.number(); n > 0 && !r.bad; n-- {
		r.take(r.number())
		name := string(r.take(r.number()))
		switch r.byte() {
		case function:
			r.number()
			if name == pauseImport {
				pause, found = functions, true
			}
			functions++
		case global:
			r.take(2)
			globals++
		default: // a table or memory, which the engine does not import
			r.bad = true
		}
	}
	return pause, globals, found
}

// code is the section of the functions' code with the given instructions at the head of
// each loop.
func (r *wasmReader) code(turn []byte) []byte {
	n := r.number()
	out := binary.AppendUvarint(make([]byte, 0, len(r.d)+len(r.d)/8), n)
	var body []byte
	for ; n > 0 && !r.bad; n-- {
		f := &wasmReader{d: r.take(r.number())}
		body = body[:0]
		for k := f.number(); k > 0 && !f.bad; k-- { // local variables
			f.number()
			f.byte()
		}
		kept := 0
		for f.at < len(f.d) && !f.bad {
			if f.instruction() == wasmLoop {
				body = append(append(body, f.d[kept:f.at]...), turn...)
				kept = f.at
			}
		}
		body = append(body, f.d[kept:]...)
		out = append(binary.AppendUvarint(out, uint64(len(body))), body...)
		r.bad = r.bad || f.bad
	}
	return out
}

// instruction reads one with what belongs to it. Vectors, exceptions and references are
// not known; the engine has none.
func (r *wasmReader) instruction() byte {
	op := r.byte()
	switch {
	case op == wasmBlock, op == wasmLoop, op == wasmIf, op == wasmI32, op == wasmI64, op >= 0x20 && op <= 0x26:
		r.number()
	case op == 0x0c, op == 0x0d, op == 0x10, op == 0x3f, op == 0x40: // branches, calls, memory's size
		r.number()
	case op == wasmCallIndirect, op >= 0x28 && op <= 0x3e: // loads and stores
		r.number()
		r.number()
	case op == wasmBranchTable:
		for n := r.number(); n > 0 && !r.bad; n-- {
			r.number()
		}
		r.number()
	case op == wasmSelectTyped:
		r.take(r.number())
	case op == wasmF32:
		r.take(4)
	case op == wasmF64:
		r.take(8)
	case op == wasmBulk:
		r.bulk()
	case op <= 0x01, op == 0x05, op == 0x0b, op == 0x0f, op == 0x1a, op == 0x1b, op >= 0x45 && op <= 0xc4:
	default:
		r.bad = true
	}
	return op
}

// bulk reads the rest of an instruction of two octets: conversions, and those that move
// or fill memory.
func (r *wasmReader) bulk() {
	switch op := r.number(); {
	case op <= 7:
	case op == 8, op == 10: // memory.init, memory.copy
		r.number()
		r.number()
	case op == 9, op == 11: // data.drop, memory.fill
		r.number()
	default:
		r.bad = true
	}
}
