package standard

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
	"weak"

	"github.com/sekisho-mail/sekisho/config"
	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/policy/worker"
)

// servicesFor are those of a configuration, with this binary as the child.
func servicesFor(t *testing.T, change func(*config.Config)) *Services {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cfg := &config.Config{}
	cfg.OCR = config.OCR{Program: "off", Memory: 1 << 30}
	cfg.Limits.Scan.OCRTime = config.Duration(time.Minute)
	cfg.Tika = config.Tika{Timeout: config.Duration(time.Minute), Size: 1 << 20}
	change(cfg)
	return NewServices(t.Context(), cfg, []string{self, "program"})
}

// A confined worker has its pictures read by a confined tesseract.
func TestWorkerHasPicturesRead(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped: short run")
	}
	services := servicesFor(t, func(c *config.Config) { c.OCR.Program = "auto" })
	if services.OCR == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal(services.OCRMissing)
		}
		t.Skip("skipped:", services.OCRMissing)
	}
	p := poolWith(t, services, nil)
	files, _ := hardFiles(t)
	for _, name := range []string{"ocr_text.png", "ocr_scanned.pdf", "ocr_in_docx.docx"} {
		in, problem, err := p.Inspect(t.Context(), Job{Name: name}, email.BytesBody(files[name]))
		if err != nil || problem != policy.NoProblem {
			t.Errorf("%s: %v", name, err)
			continue
		}
		found := false
		for _, f := range in.Findings {
			found = found || f.Type == "my_number"
			if f.Confidence > pictureConfidence {
				t.Errorf("%s: %s is too sure of itself: %v", name, f.Type, f.Confidence)
			}
		}
		if !found || len(problems(in.Parts)) == 0 {
			t.Errorf("%s: found %v, problems %v", name, found, problems(in.Parts))
		}
	}
}

// A Tika server is asked by the parent of the confined worker.
func TestWorkerAsksTika(t *testing.T) {
	secret := "氏名 想定 美咲 個人番号 571432178533"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		switch {
		case r.Method != http.MethodPut || r.URL.Path != "/rmeta/text":
			w.WriteHeader(http.StatusNotFound)
		case strings.Contains(string(body), "LOCKED"):
			w.WriteHeader(http.StatusUnprocessableEntity)
		case strings.Contains(string(body), "BREAK"):
			panic(http.ErrAbortHandler) // as Tika does when it runs out of memory
		default:
			_ = json.NewEncoder(w).Encode([]map[string]string{{"X-TIKA:content": secret}})
		}
	}))
	defer server.Close()
	services := servicesFor(t, func(c *config.Config) {
		c.Tika.URL, c.Tika.Timeout = server.URL, config.Duration(time.Minute)
	})
	p := poolWith(t, services, nil)
	opaque := func(word string) []byte {
		return []byte("\x00\x01\x02" + word + "\xff\xfe\x00" + strings.Repeat("\x00\x7f\x01", 100))
	}
	for _, c := range []struct {
		name      string
		data      []byte
		found     bool
		problem   policy.Problem
		encrypted policy.Encryption
	}{
		{"read", opaque("OPEN"), true, policy.NoProblem, policy.NotEncrypted},
		{"encrypted", opaque("LOCKED"), false, policy.NoProblem, policy.Encrypted},
		{"breaks off", opaque("BREAK"), false, policy.Unsupported, policy.NotEncrypted},
		{"too large", append(opaque("OPEN"), make([]byte, 1<<20)...), false, policy.Unsupported, policy.NotEncrypted},
	} {
		in, _, err := p.Inspect(context.Background(), Job{Name: "note.one"}, email.BytesBody(c.data))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		found := false
		for _, f := range in.Findings {
			found = found || f.Type == "my_number"
		}
		if part := in.Parts[0]; found != c.found || part.Problem != c.problem || part.Encrypted != c.encrypted {
			t.Errorf("%s: found %v, %+v", c.name, found, part)
		}
	}
}

// TestTikaThatDoesNotAnswer keeps a file unsupported once its time is over.
func TestTikaThatDoesNotAnswer(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	}))
	defer server.Close()
	p := poolWith(t, servicesFor(t, func(c *config.Config) {
		c.Tika.URL, c.Tika.Timeout = server.URL, config.Duration(50*time.Millisecond)
	}), nil)
	in, _, err := p.Inspect(context.Background(), Job{Name: "note.one"}, email.BytesBody([]byte("\x00\x01\x02\xff\xfe\x00"+strings.Repeat("\x00\x7f\x01", 100))))
	if err != nil || in.Parts[0].Problem != policy.Unsupported {
		t.Errorf("%v, %+v", err, in.Parts)
	}
}

// A reader that asks services must not keep the file it was made for: of a large
// one that is half of what a worker may take.
func TestReaderOfAJobDoesNotKeepItsBody(t *testing.T) {
	base := NewReader(policy.DefaultLimits())
	made := func() (*Reader, weak.Pointer[[1 << 16]byte]) {
		body := new([1 << 16]byte)
		return base.forJob(worker.Job{Body: body[:], Services: []string{OCRService, TikaService}}), weak.Make(body)
	}
	r, body := made()
	runtime.GC()
	if body.Value() != nil {
		t.Error("the body is still held")
	}
	runtime.KeepAlive(r)
}
