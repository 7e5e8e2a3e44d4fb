package standard

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/sekisho-mail/sekisho/config"
	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/extract"
	"github.com/sekisho-mail/sekisho/policy/worker"
)

// Names of the services that workers may ask for.
const (
	OCRService  = "ocr"
	TikaService = "tika"
)

// Services are what workers cannot do for themselves: pictures are read by the
// tesseract program in a confined process for each, and what nobody here reads is
// handed to a Tika server. Both are options.
type Services struct {
	// ByName is for worker.Options.
	ByName map[string]worker.Service
	// OCR names the program that was found and its languages, "" without; OCRMissing
	// says why there is none.
	OCR        string
	OCRMissing error
	// Tika is the server's address, "" without.
	Tika string

	program *worker.Program
	close   sync.Once
}

// NewServices looks for what the configuration allows. command starts a process
// for a foreign program (worker.Program.Command).
func NewServices(ctx context.Context, cfg *config.Config, command []string) *Services {
	s := &Services{ByName: map[string]worker.Service{}}
	if cfg.OCR.Program == "off" {
		s.OCRMissing = errOCROff
	} else if t, err := extract.FindTesseract(ctx); err != nil {
		s.OCRMissing = err
	} else {
		s.OCR = t.Version + " (" + t.Languages + ")"
		s.program = worker.NewProgram(worker.Program{Command: command, Path: t.Path, Args: t.Args(), Env: t.Env(), Files: t.Files(),
			Memory: int64(cfg.OCR.Memory), CPU: time.Duration(cfg.Limits.Scan.OCRTime), MaxOutput: maxOCROutput})
		s.ByName[OCRService] = ocr(s.program)
	}
	if cfg.Tika.URL != "" {
		s.Tika = cfg.Tika.URL
		client := &http.Client{Timeout: time.Duration(cfg.Tika.Timeout)}
		s.ByName[TikaService] = tika(extract.NewTika(client, cfg.Tika.URL), int64(cfg.Tika.Size))
	}
	return s
}

var errOCROff = errors.New("switched off by ocr.program")

// maxOCROutput bounds the table of words of one picture.
const maxOCROutput = 16 << 20

// Close lets go of what the services hold; nobody may ask any more.
func (s *Services) Close() {
	s.close.Do(func() {
		if s.program != nil {
			s.program.Close()
		}
	})
}

func ocr(program *worker.Program) worker.Service {
	return func(ctx context.Context, _ string, picture []byte) worker.Reply {
		out, err := program.Run(ctx, picture)
		if err != nil {
			return worker.Reply{Problem: problemOf(ctx)}
		}
		return worker.Reply{Text: strings.ToValidUTF8(string(out), "")}
	}
}

func tika(ask extract.Tika, most int64) worker.Service {
	return func(ctx context.Context, typ string, data []byte) worker.Reply {
		if int64(len(data)) > most {
			return worker.Reply{Problem: policy.TooLarge}
		}
		text, err := ask(ctx, typ, data)
		switch {
		case errors.Is(err, extract.ErrTikaEncrypted):
			return worker.Reply{Encrypted: true}
		case err != nil:
			// The error's words may hold what the server said of the file.
			return worker.Reply{Problem: problemOf(ctx)}
		}
		return worker.Reply{Text: text}
	}
}

// problemOf is that of a service which gave no text.
func problemOf(ctx context.Context) policy.Problem {
	if ctx.Err() != nil {
		return policy.TimedOut
	}
	return policy.Unsupported
}
