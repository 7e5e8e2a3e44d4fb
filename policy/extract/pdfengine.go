package extract

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"sync"
	"time"

	pdfium "github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/sekisho-mail/sekisho/policy/charset"
)

// pdfMemoryPages bounds the engine's memory for one document: 256 MiB in pages
// of 64 KiB.
const pdfMemoryPages = 4096

// errEngine: the PDF engine itself is not to be had.
var errEngine = errors.New("extract: pdf engine is not available")

// PDFEngine is PDFium as WebAssembly, compiled once in a process and shared by
// all its Extractors. It is compiled at first use, which takes about two seconds
// of CPU, or by Warm. Every document gets a fresh instance, so that nothing of
// one mail is left in memory when the next is read. It is safe for use by many
// goroutines, which take turns. The engine sees no file system.
type PDFEngine struct {
	cache string

	mu   sync.Mutex
	pool pdfium.Pool
	kept wazero.CompilationCache
	err  error
}

// NewPDFEngine makes an engine that is not compiled yet. cache names a folder for
// compiled code, with which compiling takes a sixth of the time; "" keeps none.
// Measured: 0.2 s and 42 MB resident with it, 2 s and 135 MB without. Since files
// may neither be written nor read in a confined process, a cache is of use only
// where Warm is called before the confinement. What lies in the folder is run as
// code: nobody else may write to it.
func NewPDFEngine(cache string) *PDFEngine { return &PDFEngine{cache: cache} }

// Warm compiles the engine now rather than with the first document. An error
// means that PDF files will be called unsupported; it is kept, and the engine is
// not tried again.
func (e *PDFEngine) Warm() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.warm()
}

func (e *PDFEngine) warm() error {
	if e.pool != nil || e.err != nil {
		return e.err
	}
	e.err = guard(e.compile)
	return e.err
}

func (e *PDFEngine) compile() error {
	// WithCloseOnContextDone would let a deadline end a call, and makes the code leave
	// for Go at every turn of every loop: pages took three and a half times as long.
	// The deadline is looked at between calls instead; a call without end is ended
	// with its worker.
	config := wazero.NewRuntimeConfig().WithMemoryLimitPages(pdfMemoryPages)
	if e.cache != "" {
		cache, err := wazero.NewCompilationCacheWithDir(e.cache)
		if err != nil {
			return fmt.Errorf("open pdf engine's cache: %w: %w", errEngine, err)
		}
		e.kept, config = cache, config.WithCompilationCache(cache)
	}
	pool, err := webassembly.Init(webassembly.Config{
		MaxIdle: 1, MaxTotal: 1, RuntimeConfig: config, FSConfig: wazero.NewFSConfig(), Stdout: io.Discard, Stderr: io.Discard,
	})
	if err != nil {
		return fmt.Errorf("compile pdf engine: %w: %w", errEngine, err)
	}
	e.pool = pool
	return nil
}

// Close frees the engine; documents are called unsupported from then on.
func (e *PDFEngine) Close() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	pool, kept := e.pool, e.kept
	e.pool, e.kept, e.err = nil, nil, errEngine
	var err error
	if pool != nil {
		err = pool.Close()
	}
	if kept != nil {
		err = errors.Join(err, kept.Close(context.Background()))
	}
	return err
}

// use runs f with a fresh instance of the engine; one at a time.
func (e *PDFEngine) use(f func(*pdfInstance) error) error {
	if e == nil {
		return errEngine
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if err := e.warm(); err != nil {
		return err
	}
	instance, err := e.pool.GetInstance(10 * time.Second)
	if err != nil {
		return fmt.Errorf("start pdf engine: %w: %w", errEngine, err)
	}
	defer func() { _ = instance.Close() }()
	module, err := moduleOf(instance)
	if err != nil {
		return err
	}
	p := &pdfInstance{module: module, functions: map[string]api.Function{}}
	if p.scratch, err = p.malloc(scratchSize); err != nil {
		return err
	}
	return guard(func() error { return f(p) })
}

// moduleOf is the WebAssembly module of an instance. The library's own calls
// cost five allocations and a dozen calls for each character; the module's
// functions can be called directly.
func moduleOf(instance pdfium.Pdfium) (module api.Module, err error) {
	err = guard(func() error {
		field := reflect.ValueOf(instance.GetImplementation()).Elem().FieldByName("Module")
		m, ok := field.Interface().(api.Module)
		if !ok {
			return errEngine
		}
		module = m
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("find pdf engine's module: %w", errEngine)
	}
	return module, nil
}

// scratchSize is the room for results that calls write to memory.
const scratchSize = 64 << 10

// pdfInstance calls the functions of one instance. Pointers are 32 bits wide there.
type pdfInstance struct {
	module    api.Module
	functions map[string]api.Function
	scratch   uint32
	// stack holds the arguments of a call and then its result.
	stack [16]uint64
}

// call runs one function, unless ctx has ended. What a function without result
// answers means nothing.
func (p *pdfInstance) call(ctx context.Context, name string, args ...uint64) (uint32, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	f := p.functions[name]
	if f == nil {
		if f = p.module.ExportedFunction(name); f == nil {
			return 0, fmt.Errorf("call pdf engine: %w", errEngine)
		}
		p.functions[name] = f
	}
	p.stack[0] = 0
	n := copy(p.stack[:], args)
	if err := f.CallWithStack(context.Background(), p.stack[:max(n, 1)]); err != nil {
		return 0, fmt.Errorf("call pdf engine: %w", errMalformed)
	}
	return uint32(p.stack[0]), nil
}

// quick is call for small questions, whatever the deadline. An error answers 0.
func (p *pdfInstance) quick(name string, args ...uint64) uint32 {
	v, err := p.call(context.Background(), name, args...)
	if err != nil {
		return 0
	}
	return v
}

// quickDouble is quick for a function that answers a double.
func (p *pdfInstance) quickDouble(name string, args ...uint64) float64 {
	if _, err := p.call(context.Background(), name, args...); err != nil {
		return 0
	}
	return math.Float64frombits(p.stack[0])
}

func (p *pdfInstance) malloc(n int) (uint32, error) {
	at, err := p.call(context.Background(), "malloc", uint64(n))
	if err != nil || at == 0 {
		return 0, fmt.Errorf("give memory to pdf engine: %w", errTooLarge)
	}
	return at, nil
}

func (p *pdfInstance) free(at uint32) { p.quick("free", uint64(at)) }

// put copies data into the instance's memory, with a NUL behind it.
func (p *pdfInstance) put(data []byte) (uint32, error) {
	at, err := p.malloc(len(data) + 1)
	if err != nil {
		return 0, err
	}
	if !p.module.Memory().Write(at, data) || !p.module.Memory().WriteByte(at+uint32(len(data)), 0) {
		return 0, fmt.Errorf("give memory to pdf engine: %w", errTooLarge)
	}
	return at, nil
}

// get is a copy of n octets of the instance's memory, nil outside of it.
func (p *pdfInstance) get(at uint32, n int) []byte {
	b, ok := p.module.Memory().Read(at, uint32(n))
	if !ok {
		return nil
	}
	return append([]byte(nil), b...)
}

// maxPDFString bounds one name, value or comment.
const maxPDFString = 4 << 20

// utf16 asks a function of the kind that fills a buffer with UTF-16LE and answers
// the length in octets, the final NUL included; the buffer and its size are the
// last two arguments.
func (p *pdfInstance) utf16(name string, args ...uint64) string {
	n := p.quick(name, append(args[:len(args):len(args)], uint64(p.scratch), scratchSize)...)
	if n <= 2 || n > maxPDFString {
		return ""
	}
	at := p.scratch
	if n > scratchSize {
		big, err := p.malloc(int(n))
		if err != nil {
			return ""
		}
		defer p.free(big)
		at = big
		p.quick(name, append(args[:len(args):len(args)], uint64(at), uint64(n))...)
	}
	return charset.UTF16(p.get(at, int(n)-2), false)
}

// cString lays a short ASCII name into memory once; the caller frees it.
func (p *pdfInstance) cString(s string) uint64 {
	at, err := p.put([]byte(s))
	if err != nil {
		return 0
	}
	return uint64(at)
}
