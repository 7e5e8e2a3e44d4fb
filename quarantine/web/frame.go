package web

import (
	"net/http"
	"strings"
)

// pagePolicy is the Content-Security-Policy of our own pages: our two files and
// nothing else.
const pagePolicy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; " +
	"frame-src 'self'; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'"

// framePolicy is that of a mail's HTML: no script, no request, no form, an
// origin of its own. Only our own pages may frame it.
const framePolicy = "sandbox; default-src 'none'; img-src data:; frame-ancestors 'self'; base-uri 'none'; form-action 'none'"

// frame sets what every response carries, and refuses what other sites send.
func (s *Server) frame(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", pagePolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		if s.o.secure() {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		if strings.Contains(r.URL.Path, "\x00") {
			http.Error(w, "bad path", http.StatusBadRequest)
			return
		}
		if err := s.origin.Check(r); err != nil {
			c := &call{s: s, w: w, r: r}
			s.problem(c, errBadToken)
			return
		}
		next.ServeHTTP(w, r)
	})
}
