package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// LinkBook finds personal links.
type LinkBook interface {
	// Link finds one by the hash of its key, or quarantine.ErrNotFound.
	Link(ctx context.Context, hash email.Digest) (quarantine.Link, error)
}

// Witness writes down who looked.
type Witness interface {
	// WriteEvent appends an event that moves no delivery; it is durable on return.
	WriteEvent(ctx context.Context, e quarantine.Event) error
}

// Repairs changes held mail in ways that rules offer.
type Repairs interface {
	// PreviewRepair says what a repair would change; empty when nothing.
	PreviewRepair(ctx context.Context, h *quarantine.Hold, repair string) ([]quarantine.HeaderChange, error)
	// Repair makes a new revision of what waits.
	Repair(ctx context.Context, o quarantine.Order, repair string) (*quarantine.Hold, error)
}

// DecisionOptions are what the decision pages work with. Person, Repairs,
// Accounts, Zone, Organization and Help may be left out.
type DecisionOptions struct {
	Holds   Holds
	Decider Decider
	Desk    Desk
	Links   LinkBook
	Bodies  Bodies
	Witness Witness
	Render  Render
	Repairs Repairs
	Person  Person
	// Find searches the directory; nil for none.
	Find Find
	// Accounts are asked where a rule wants a log-in; without them nobody gets in
	// there.
	Accounts Accounts

	// Organization is the name at the foot, Help who is asked in doubt ("内線
	// 1234").
	Organization, Help string
	// PublicURL is how people reach these pages. With https HSTS is sent.
	PublicURL string
	// Zone is the organisation's; nil is UTC.
	Zone *time.Location

	Now func() time.Time
	Log *slog.Logger
}

// Decisions are the pages that personal links open. They stand on a listener of
// their own, since a phone outside of the company reaches them; nothing of the
// console is on it. They use no cookie and no log-in: the link is the key, but for
// mails where a rule wants a log-in besides (see gate).
//
// GET, HEAD and OPTIONS change nothing, so that scanners and previews may follow
// a link. A decision takes two POSTs, the second with a token that only the
// answer to the first has.
type Decisions struct {
	o       DecisionOptions
	tr      *catalog
	pages   *pages
	origin  *http.CrossOriginProtection
	gate    *gate
	handler http.Handler
}

// NewDecisions checks the options and compiles the pages.
func NewDecisions(o DecisionOptions) (*Decisions, error) {
	for name, missing := range map[string]bool{
		"Holds": o.Holds == nil, "Decider": o.Decider == nil, "Desk": o.Desk == nil, "Links": o.Links == nil, "Bodies": o.Bodies == nil,
		"Witness": o.Witness == nil, "Render": o.Render == nil, "Now": o.Now == nil, "Log": o.Log == nil,
	} {
		if missing {
			return nil, fmt.Errorf("open decision pages: DecisionOptions.%s is missing", name)
		}
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if o.Person == nil {
		o.Person = nobody
	}
	s := &Decisions{o: o, origin: http.NewCrossOriginProtection(), gate: newGate(o.Now)}
	var err error
	if s.tr, err = decisionCatalog(); err != nil {
		return nil, err
	}
	if s.pages, err = decisionTemplates(s.tr); err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	for pattern, do := range map[string]func(*visit) error{
		"GET /d/{key}":            (*visit).show,
		"POST /d/{key}/open":      (*visit).open,
		"POST /d/{key}/confirm":   (*visit).confirm,
		"POST /d/{key}/decide":    (*visit).decide,
		"POST /d/{key}/undo":      (*visit).undo,
		"POST /d/{key}/withdraw":  (*visit).withdraw,
		"POST /d/{key}/note":      (*visit).tell,
		"POST /d/{key}/hand-over": (*visit).handOver,
		"POST /d/{key}/review":    (*visit).review,
	} {
		mux.Handle(pattern, s.door(do))
	}
	mux.Handle("POST /d/{key}/log-in", s.entrance((*visit).logIn))
	mux.Handle("GET /static/{hash}/{file}", http.HandlerFunc(s.pages.serveStatic))
	mux.HandleFunc("GET /robots.txt", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("User-agent: *\nDisallow: /\n")) // the robot has gone away if not
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { s.problem(s.visitor(w, r), errNoPage) })
	s.handler = s.frame(mux)
	return s, nil
}

// ServeHTTP serves all decision pages.
func (s *Decisions) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// decisionPolicy allows our own two files and nothing else.
const decisionPolicy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; " +
	"frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

func (s *Decisions) frame(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", decisionPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		h.Set("X-Robots-Tag", "noindex, nofollow, noarchive, nosnippet")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		if strings.HasPrefix(s.o.PublicURL, "https://") {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		if err := s.origin.Check(r); err != nil {
			s.problem(s.visitor(w, r), errBadToken)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// door lets nobody further who still has to log in.
func (s *Decisions) door(do func(*visit) error) http.Handler {
	return s.entrance(func(v *visit) error {
		switch {
		case !v.locked:
			return do(v)
		case unsafeMethod(v.r.Method): // the log-in is over
			return v.askLogIn(http.StatusUnauthorized, v.words.t("link.login-again"))
		}
		return v.askLogIn(http.StatusOK, "")
	})
}

// entrance finds out which link was followed before anything else happens.
func (s *Decisions) entrance(do func(*visit) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := s.visitor(w, r)
		if err := v.enter(); err != nil {
			s.problem(v, err)
			return
		}
		if err := do(v); err != nil {
			s.problem(v, err)
		}
	})
}

// decisionCatalog is the console's words and those of the decision pages.
func decisionCatalog() (*catalog, error) {
	c, err := loadCatalog()
	if err != nil {
		return nil, err
	}
	for _, lang := range languages() {
		b, err := locales.ReadFile("locales/decide." + lang + ".json")
		if err != nil {
			return nil, fmt.Errorf("read words: %w", err)
		}
		words := c.words[lang]
		if err := json.Unmarshal(b, &words); err != nil {
			return nil, fmt.Errorf("read words of %s: %w", lang, err)
		}
	}
	return c, nil
}

// decisionTemplates are those of the decision pages, with a layout of their own.
func decisionTemplates(tr *catalog) (*pages, error) {
	p := &pages{sets: map[string]map[string]func() (*template.Template, error){}, static: map[string]asset{}}
	if err := p.loadStatic(); err != nil {
		return nil, err
	}
	for _, lang := range languages() {
		for _, name := range []string{"decide_page", "decide_confirm", "decide_result", "decide_problem", "decide_login"} {
			p.add(tr, lang, name, "templates/decide_layout.html", "templates/parts.html", "templates/evidence.html", "templates/"+name+".html")
		}
	}
	return p, nil
}

// decisionFrame is what stands around every decision page.
type decisionFrame struct {
	Lang, Other string
	Title, Name string
	// Path is the link's page without its language, "" where there is none.
	Path string
	// Switch is the same page in the other language.
	Switch string
	Org    string
	Help   string
	// ID, Left and Place are the slim bar: "1 of 3 waiting".
	ID          email.ID
	Left, Place string
	Urgent      bool
	Notice      string
	NoticeBad   bool
	// Again reloads a page whose outcome is still open, where no script runs.
	Again bool
	// Press is what the script hands on with a form that a person's press sends.
	Press string
	Body  any
}

func (v *visit) render(status int, name string, f decisionFrame) error {
	f.Lang, f.Name, f.Org, f.Help, f.Other = v.words.lang, name, v.s.o.Organization, v.s.o.Help, langEN
	if f.Lang == langEN {
		f.Other = langJA
	}
	if v.key != "" {
		f.Path, f.Switch, f.Press = v.path(""), "/d/"+v.key+"?lang="+f.Other, v.press()
	}
	page, err := v.s.pages.find(v.words.lang, name)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := page.ExecuteTemplate(&b, "layout", f); err != nil {
		return fmt.Errorf("render page %s: %w", name, err)
	}
	v.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	v.w.Header().Set("Content-Language", v.words.lang)
	v.w.WriteHeader(status)
	_, _ = v.w.Write(b.Bytes()) // the browser has gone away if not
	return nil
}

// decisionProblem is what decide_problem.html shows.
type decisionProblem struct {
	Sentence, Hint, Reference string
	// Also says it in the other language, where nobody is known who reads it.
	Also, AlsoLang string
	// Back leads to the link's page, "" where it shows nothing.
	Back string
}

// problem is the one door for errors.
func (s *Decisions) problem(v *visit, err error) {
	status, key, hint := http.StatusInternalServerError, "problem.internal", ""
	var m mistake
	var refused quarantine.ErrNotAllowed
	var pairs []any
	switch {
	case errors.As(err, &m):
		status, key, pairs = http.StatusBadRequest, m.key, m.pairs
	case errors.As(err, &refused):
		status, key = http.StatusConflict, "problem.not-allowed"
	default:
		for _, row := range []struct {
			err       error
			status    int
			key, hint string
		}{
			{errNoPage, http.StatusNotFound, "problem.no-page", ""},
			{errNoLink, http.StatusNotFound, "link.unknown", "link.unknown-hint"},
			{quarantine.ErrLinkExpired, http.StatusGone, "link.expired", "link.expired-hint"},
			{quarantine.ErrLinkSpent, http.StatusGone, "link.spent", "link.spent-hint"},
			{quarantine.ErrLinkForeign, http.StatusForbidden, "link.foreign", "link.foreign-hint"},
			{quarantine.ErrNotFound, http.StatusNotFound, "problem.not-found", ""},
			{errForbidden, http.StatusForbidden, "problem.forbidden", ""},
			{errBadToken, http.StatusForbidden, "problem.bad-token", ""},
			{errTooLarge, http.StatusRequestEntityTooLarge, "problem.too-large", ""},
			{quarantine.ErrChanged, http.StatusConflict, "problem.changed", ""},
			{quarantine.ErrKeyReused, http.StatusConflict, "problem.changed", ""},
			{quarantine.ErrCannotRepair, http.StatusConflict, "problem.cannot-repair", ""},
			{quarantine.ErrStoreFull, http.StatusInsufficientStorage, "problem.full", ""},
		} {
			if errors.Is(err, row.err) {
				status, key, hint = row.status, row.key, row.hint
				break
			}
		}
	}
	p := decisionProblem{Sentence: v.words.t(key, pairs...)}
	if hint != "" {
		p.Hint = v.words.t(hint)
	}
	if v.hold == nil {
		p.AlsoLang = langEN
		if v.words.lang == langEN {
			p.AlsoLang = langJA
		}
		p.Also = v.s.tr.say(p.AlsoLang, key, pairs...)
		if hint != "" {
			p.Also += " " + v.s.tr.say(p.AlsoLang, hint)
		}
	}
	if v.hold != nil && status != http.StatusGone && !errors.Is(err, quarantine.ErrLinkForeign) {
		p.Back = v.path("")
	}
	if status >= http.StatusInternalServerError {
		p.Reference = string(email.NewID(s.o.Now()))
		s.o.Log.Error("decision page failed", "reference", p.Reference, "route", v.r.Pattern, "error", err)
	}
	if err := v.render(status, "decide_problem", decisionFrame{Title: v.words.t("problem.title"), Body: p}); err != nil {
		s.o.Log.Error("problem page failed", "error", err)
		http.Error(v.w, "Internal error / 内部エラー", http.StatusInternalServerError)
	}
}
