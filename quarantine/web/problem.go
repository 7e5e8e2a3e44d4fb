package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// Errors of the console itself.
var (
	errNoPage     = errors.New("web: no such page")
	errNoLogin    = errors.New("web: nobody is logged in")
	errMustChange = errors.New("web: the temporary password must be changed first")
	errForbidden  = errors.New("web: this person has no right to do this")
	errBadToken   = errors.New("web: the form has no valid token")
	errTooLarge   = errors.New("web: the request is too large")
	errNoTicket   = errors.New("web: the text has not been opened, or that was too long ago")
)

// mistake is an error that the person can mend; key is its sentence.
type mistake struct {
	key   string
	pairs []any
}

// Error names the sentence.
func (m mistake) Error() string { return "web: " + m.key }

func wrong(key string, pairs ...any) error { return mistake{key, pairs} }

// answer is the public face of an error.
type answer struct {
	status int
	key    string
	pairs  []any
}

// face tells what a person may read about an error. Whatever is not known here
// is our own failure and says nothing but its reference.
func (c *call) face(err error) answer {
	var m mistake
	var decided quarantine.ErrDecided
	var refused quarantine.ErrNotAllowed
	switch {
	case errors.As(err, &m):
		return answer{http.StatusBadRequest, m.key, m.pairs}
	case errors.As(err, &decided):
		return answer{http.StatusConflict, "problem.decided", []any{
			"who", c.who(decided.By), "when", c.words.when(decided.When).Text, "what", c.words.or("verb."+string(decided.Verb), string(decided.Verb))}}
	case errors.As(err, &refused):
		return answer{http.StatusConflict, "problem.not-allowed", nil}
	}
	for _, row := range []struct {
		err    error
		status int
		key    string
	}{
		{errNoPage, http.StatusNotFound, "problem.no-page"},
		{quarantine.ErrNotFound, http.StatusNotFound, "problem.not-found"},
		{errForbidden, http.StatusForbidden, "problem.forbidden"},
		{errBadToken, http.StatusForbidden, "problem.bad-token"},
		{errNoTicket, http.StatusForbidden, "problem.no-ticket"},
		{errTooLarge, http.StatusRequestEntityTooLarge, "problem.too-large"},
		{quarantine.ErrChanged, http.StatusConflict, "problem.changed"},
		{quarantine.ErrKeyReused, http.StatusConflict, "problem.changed"},
		{quarantine.ErrCannotRepair, http.StatusConflict, "problem.cannot-repair"},
		{quarantine.ErrTaken, http.StatusConflict, "problem.taken"},
		{quarantine.ErrStoreFull, http.StatusInsufficientStorage, "problem.full"},
	} {
		if errors.Is(err, row.err) {
			return answer{row.status, row.key, nil}
		}
	}
	return answer{http.StatusInternalServerError, "problem.internal", nil}
}

// problemPage is what problem.html shows.
type problemPage struct {
	Status    int
	Title     string
	Sentence  string
	Reference string
	Back      string
	// Also says it in the other language, where nobody is known who reads it.
	Also, AlsoLang string
}

// problem is the one door for errors.
func (s *Server) problem(c *call, err error) {
	if c.words.tr == nil {
		c.words = reader{lang: languageOf(c.r, nil), zone: s.o.Zone, now: s.o.Now(), tr: s.tr}
	}
	switch {
	case errors.Is(err, errNoLogin) && c.r.Method == http.MethodGet:
		_ = c.see("/login?next=" + url.QueryEscape(c.r.URL.RequestURI()))
		return
	case errors.Is(err, errNoLogin):
		_ = c.see("/login")
		return
	case errors.Is(err, errMustChange):
		_ = c.see("/account/password")
		return
	}
	a := c.face(err)
	p := problemPage{Status: a.status, Title: c.t("problem.title"), Sentence: c.t(a.key, a.pairs...), Back: "/"}
	if c.account == nil {
		p.AlsoLang = langEN
		if c.words.lang == langEN {
			p.AlsoLang = langJA
		}
		p.Also = c.s.tr.say(p.AlsoLang, a.key, a.pairs...)
	}
	if c.hold != nil {
		p.Back = "/holds/" + string(c.hold.ID)
	}
	if a.status >= http.StatusInternalServerError {
		p.Reference = string(email.NewID(s.o.Now()))
		s.o.Log.Error("page failed", "reference", p.Reference, "route", c.route.pattern, "error", err)
	}
	if err := c.renderStatus(a.status, "problem", p.Title, p); err != nil {
		s.o.Log.Error("problem page failed", "error", err)
		http.Error(c.w, "Internal error / 内部エラー", http.StatusInternalServerError)
	}
}

// localPath lets a person be sent to one of our own pages only.
func localPath(p string) string {
	u, err := url.Parse(p)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(p, "/") || strings.HasPrefix(p, "//") || strings.ContainsAny(p, "\\\r\n\t") {
		return "/"
	}
	return p
}
