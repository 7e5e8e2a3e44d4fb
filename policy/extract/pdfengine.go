package extract

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math"
	"sync"
	_ "unsafe" // for go:linkname

	_ "github.com/klippa-app/go-pdfium/webassembly" // has the engine's code
	"github.com/klippa-app/go-pdfium/webassembly/imports"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
	"github.com/tetratelabs/wazero/imports/emscripten"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"

	"github.com/sekisho-mail/sekisho/policy/charset"
)

// pdfiumWasm is the engine's code, which the library keeps to itself. Its own calls cost
// five allocations and a dozen calls for each character, and leave no say in the
// engine's memory and time: the module's functions are called directly here.
//
//go:linkname pdfiumWasm github.com/klippa-app/go-pdfium/webassembly.pdfiumWasm
var pdfiumWasm []byte

// errEngine: the PDF engine itself is not to be had.
var errEngine = errors.New("extract: pdf engine is not available")

// PDFEngine is PDFium as WebAssembly, compiled once in a process and shared by
// all its Extractors. It is compiled at first use, which takes about two seconds
// of CPU, or by Warm. Every document gets a fresh instance, so that nothing of
// one mail is left in memory when the next is read. It is safe for use by many
// goroutines, which take turns. The engine sees no file system.
type PDFEngine struct {
	cache string

	mu       sync.Mutex
	runtime  wazero.Runtime
	compiled wazero.CompiledModule
	kept     wazero.CompilationCache
	err      error
	// current is the instance at work, which its code asks at times whether to go on.
	current *pdfInstance
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
	if e.compiled != nil || e.err != nil {
		return e.err
	}
	e.err = guard(e.compile)
	return e.err
}

func (e *PDFEngine) compile() (err error) {
	config := wazero.NewRuntimeConfig()
	if e.cache != "" {
		if e.kept, err = wazero.NewCompilationCacheWithDir(e.cache); err != nil {
			return fmt.Errorf("open pdf engine's cache: %w: %w", errEngine, err)
		}
		config = config.WithCompilationCache(e.kept)
	}
	code, err := withPauses(pdfiumWasm)
	if err != nil {
		return err
	}
	ctx := context.Background()
	e.runtime = wazero.NewRuntimeWithConfig(ctx, config)
	if e.compiled, err = e.link(ctx, code); err != nil {
		return errors.Join(fmt.Errorf("compile pdf engine: %w: %w", errEngine, err), e.runtime.Close(ctx))
	}
	return nil
}

// link compiles the code and gives it what it imports.
func (e *PDFEngine) link(ctx context.Context, code []byte) (wazero.CompiledModule, error) {
	if _, err := wasi_snapshot_preview1.Instantiate(ctx, e.runtime); err != nil {
		return nil, err
	}
	compiled, err := e.runtime.CompileModule(ctx, code)
	if err != nil {
		return nil, err
	}
	env := e.runtime.NewHostModuleBuilder("env")
	exporter, err := emscripten.NewFunctionExporterForModule(compiled)
	if err != nil {
		return nil, err
	}
	exporter.ExportFunctions(env)
	imports.NewFunctionExporter().ExportFunctions(env)
	env.NewFunctionBuilder().WithGoFunction(api.GoFunc(e.pause), []api.ValueType{api.ValueTypeI32}, []api.ValueType{api.ValueTypeI32}).Export(pauseImport)
	_, err = env.Instantiate(ctx)
	return compiled, err
}

// pause is where the engine's code asks whether to go on. An instance that may not stops
// in the middle of its work for good.
func (e *PDFEngine) pause(context.Context, []uint64) {
	if p := e.current; p != nil && p.ended == nil {
		if err := p.over(); err != nil {
			p.ended = err
			panic(err)
		}
	}
}

// Close frees the engine; documents are called unsupported from then on.
func (e *PDFEngine) Close() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	compiled, kept := e.compiled, e.kept
	e.compiled, e.kept, e.err = nil, nil, errEngine
	var err error
	if compiled != nil {
		err = e.runtime.Close(context.Background())
	}
	if kept != nil {
		err = errors.Join(err, kept.Close(context.Background()))
	}
	return err
}

// use runs f with a fresh instance of the engine; one at a time. over is asked every few
// microseconds of the engine's work: an error ends it, and each later call answers the
// same.
func (e *PDFEngine) use(over func() error, f func(*pdfInstance) error) error {
	if e == nil {
		return errEngine
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if err := e.warm(); err != nil {
		return err
	}
	return guard(func() error {
		memory := &engineMemory{}
		ctx := experimental.WithMemoryAllocator(context.Background(), memory)
		module, err := e.runtime.InstantiateModule(ctx, e.compiled,
			wazero.NewModuleConfig().WithStartFunctions("_initialize").WithRandSource(rand.Reader).WithName(""))
		if err != nil {
			return fmt.Errorf("start pdf engine: %w: %w", errEngine, err)
		}
		p := &pdfInstance{module: module, memory: memory, functions: map[string]api.Function{}, over: over}
		e.current = p
		defer func() {
			e.current = nil
			_ = module.Close(context.Background())
		}()
		p.quick("FPDF_InitLibrary")
		if p.scratch, err = p.malloc(scratchSize); err != nil {
			return err
		}
		return f(p)
	})
}

// scratchSize is the room for results that calls write to memory.
const scratchSize = 64 << 10

// pdfInstance calls the functions of one instance. Pointers are 32 bits wide there.
type pdfInstance struct {
	module    api.Module
	memory    *engineMemory
	functions map[string]api.Function
	scratch   uint32
	// stack holds the arguments of a call and then its result.
	stack [16]uint64
	// over tells that the instance's time is up, ended why it does nothing any more.
	over  func() error
	ended error
}

// call runs one function, unless ctx has ended. What a function without result
// answers means nothing.
func (p *pdfInstance) call(ctx context.Context, name string, args ...uint64) (uint32, error) {
	if err := cmp.Or(p.ended, ctx.Err()); err != nil {
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
		switch {
		case p.ended != nil:
		case p.memory.refused: // it breaks down then
			p.ended = fmt.Errorf("call pdf engine: %w", errTooLarge)
		default:
			return 0, fmt.Errorf("call pdf engine: %w", errMalformed)
		}
		return 0, p.ended
	}
	return uint32(p.stack[0]), nil
}

// check asks between calls whether the instance's time is up.
func (p *pdfInstance) check() error {
	if p.ended == nil {
		p.ended = p.over()
	}
	return p.ended
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
