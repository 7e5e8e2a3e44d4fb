package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// Options are what the console works with. All interfaces are needed; of the
// functions Render, Survey, Now and Status.
type Options struct {
	Holds    Holds
	Decider  Decider
	Mender   Mender
	Desk     Desk
	Bodies   Bodies
	Ledger   Ledger
	Outlines Outlines
	Records  Records
	Bypasses Bypasses
	Rules    Rules
	Accounts Accounts
	Sessions Sessions
	Views    Views
	// Bulk may be nil: then nobody decides about all of a sender at once.
	Bulk BulkDecider
	// Tripped are the accounts past a limit of the breaker, for the banner; it may
	// be nil.
	Tripped func() []TrippedAccount
	// Repairs may be nil: then none is offered.
	Repairs Repairs
	// Tokens may be nil: then there is no page for them.
	Tokens Tokens

	Render Render
	Survey Survey
	// Person is the directory; nil for none.
	Person Person
	// Find searches the directory; nil for none.
	Find Find
	// Status is asked for the system page.
	Status func(ctx context.Context) SystemStatus
	// Resume lets dispatch trust the clock again; nil without dispatch.
	Resume func()

	// Organization is the name in the header, Domains are our own mail domains.
	Organization string
	Domains      []string
	// PublicURL is how people reach the console. With https the cookies are
	// Secure and HSTS is sent.
	PublicURL string
	// Zone is the zone of people whose account names none; nil is UTC.
	Zone *time.Location
	// IdleLimit ends a session that is not used, AbsoluteLimit any session.
	// Defaults 30 minutes and 12 hours.
	IdleLimit, AbsoluteLimit time.Duration
	// FreshFor is how long a password counts for acts that need a fresh one.
	// Default 15 minutes.
	FreshFor time.Duration
	// LookFor is how long an opened text stays open. Default 10 minutes.
	LookFor time.Duration
	// UploadLimit is the largest mail to try, in octets. Default 50 MB.
	UploadLimit int64
	// Limits bound the reading of a mail's structure for downloads.
	Limits policy.Limits

	Now func() time.Time
	Log *slog.Logger
}

func (o *Options) secure() bool { return strings.HasPrefix(o.PublicURL, "https://") }

func (o *Options) complete() error {
	for name, missing := range map[string]bool{
		"Holds": o.Holds == nil, "Decider": o.Decider == nil, "Mender": o.Mender == nil, "Desk": o.Desk == nil, "Bodies": o.Bodies == nil,
		"Ledger": o.Ledger == nil, "Outlines": o.Outlines == nil, "Records": o.Records == nil, "Bypasses": o.Bypasses == nil,
		"Rules": o.Rules == nil, "Accounts": o.Accounts == nil, "Sessions": o.Sessions == nil, "Views": o.Views == nil,
		"Render": o.Render == nil, "Survey": o.Survey == nil, "Status": o.Status == nil, "Now": o.Now == nil, "Log": o.Log == nil,
	} {
		if missing {
			return fmt.Errorf("open console: Options.%s is missing", name)
		}
	}
	def := func(d *time.Duration, v time.Duration) {
		if *d <= 0 {
			*d = v
		}
	}
	def(&o.IdleLimit, 30*time.Minute)
	def(&o.AbsoluteLimit, 12*time.Hour)
	def(&o.FreshFor, 15*time.Minute)
	def(&o.LookFor, 10*time.Minute)
	if o.UploadLimit <= 0 {
		o.UploadLimit = 50_000_000
	}
	if o.Limits == (policy.Limits{}) {
		o.Limits = policy.DefaultLimits()
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if o.Person == nil {
		o.Person = nobody
	}
	return nil
}

// Server is the console. It is safe for concurrent use.
type Server struct {
	o        Options
	tr       *catalog
	pages    *pages
	sessions *scs.SessionManager
	throttle *throttle
	hashing  chan struct{} // at most so many password hashes at a time
	origin   *http.CrossOriginProtection
	tallies  tallies
	handler  http.Handler
}

// hashers bounds the memory that password checks take together.
const hashers = 4

// New checks the options and compiles the pages.
func New(o Options) (*Server, error) {
	if err := o.complete(); err != nil {
		return nil, err
	}
	s := &Server{o: o, throttle: newThrottle(o.Now), hashing: make(chan struct{}, hashers), origin: http.NewCrossOriginProtection()}
	var err error
	if s.tr, err = loadCatalog(); err != nil {
		return nil, err
	}
	if s.pages, err = loadPages(s.tr); err != nil {
		return nil, err
	}
	s.sessions = newManager(o, func(w http.ResponseWriter, r *http.Request, err error) {
		s.problem(&call{s: s, w: w, r: r}, fmt.Errorf("session: %w", err))
	})
	mux := http.NewServeMux()
	for _, rt := range s.routes() {
		mux.Handle(rt.pattern, s.guard(rt))
	}
	mux.Handle("GET /static/{hash}/{file}", http.HandlerFunc(s.pages.serveStatic))
	mux.Handle("/", s.guard(route{pattern: "/", action: ActSignIn, do: func(*call) error { return errNoPage }}))
	s.handler = s.frame(s.sessions.LoadAndSave(mux))
	return s, nil
}

// Handler serves the whole console. It is mounted at "/"; patterns that are
// more specific (/livez, /metrics) may stand beside it on the same mux.
func (s *Server) Handler() http.Handler { return s.handler }

// call is one request on its way through the console.
type call struct {
	s       *Server
	w       http.ResponseWriter
	r       *http.Request
	account *Account // nil before the log-in
	state   *state   // nil before the log-in
	route   route
	hold    *quarantine.Hold // of routes about a hold
	rel     Relation
	words   reader
}

func (c *call) ctx() context.Context { return c.r.Context() }

func (c *call) t(key string, pairs ...any) string { return c.words.t(key, pairs...) }

// may tells whether the person may do something at the hold of this call.
func (c *call) may(a Action) bool {
	if c.account == nil {
		return false
	}
	if c.hold == nil {
		return MayAtAll(a, c.account.Roles)
	}
	return May(a, c.account.Roles, c.rel)
}

// actor is how the person stands in events. What he does with his own mail he
// does as its sender; else in the strongest of his parts that allows it.
func (c *call) actor(a Action) quarantine.Actor {
	who := quarantine.Actor{Name: c.account.Address.Key(), Via: "web", Kind: quarantine.ActorSender}
	r, _ := rightOf(a)
	switch {
	case c.hold == nil && c.account.Is(RoleAdmin):
		who.Kind = quarantine.ActorAdmin
	case c.hold == nil:
	case (c.rel.Own || c.rel.StandsIn) && r.Sender != Never:
	case c.rel.Assigned && c.account.Is(RoleApprover) && r.Approver != Never:
		who.Kind = quarantine.ActorApprover
	case c.account.Is(RoleAdmin):
		who.Kind = quarantine.ActorAdmin
	}
	return who
}

// route is one line of the map of the console.
type route struct {
	pattern string
	action  Action
	// hold: the path names a hold, and the right is asked at it.
	hold bool
	// unlocked: allowed while a temporary password must still be changed.
	unlocked bool
	do       func(*call) error
}

// maxForm bounds a posted form; routes with uploads raise it.
const maxForm = 1 << 20

// guard is the one door into every page: person, right, token, then handler.
func (s *Server) guard(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := &call{s: s, w: w, r: r, route: rt}
		if err := s.admit(c); err != nil {
			s.problem(c, err)
			return
		}
		if err := rt.do(c); err != nil {
			s.problem(c, err)
		}
	})
}

func (s *Server) admit(c *call) error {
	if err := s.identify(c); err != nil {
		return err
	}
	limit := int64(maxForm)
	if c.route.action == ActTry {
		limit = s.o.UploadLimit + maxForm
	}
	c.r.Body = http.MaxBytesReader(c.w, c.r.Body, limit)
	if c.route.action == ActSignIn {
		return nil
	}
	if c.account == nil {
		return errNoLogin
	}
	if c.account.Temporary && !c.route.unlocked {
		return errMustChange
	}
	if !MayAtAll(c.route.action, c.account.Roles) {
		return errForbidden
	}
	if unsafeMethod(c.r.Method) {
		if err := c.parseForm(); err != nil {
			return err
		}
		if !c.tokenFits() {
			return errBadToken
		}
	}
	if c.route.hold {
		return c.findHold()
	}
	return nil
}

// identify finds out who asks, if he is logged in.
func (s *Server) identify(c *call) error {
	c.words = reader{lang: languageOf(c.r, nil), zone: s.o.Zone, now: s.o.Now(), tr: s.tr}
	st := s.loadState(c.ctx())
	if st == nil {
		return nil
	}
	c.state = st
	if st.Account == "" {
		return nil
	}
	a, err := s.o.Accounts.Account(c.ctx(), st.Account)
	if errors.Is(err, quarantine.ErrNotFound) || err == nil && (a.Disabled || a.Changed.After(st.Created)) {
		c.state = nil
		return nil
	}
	if err != nil {
		return fmt.Errorf("find account: %w", err)
	}
	c.account = a
	c.words.lang = languageOf(c.r, a)
	if z, err := time.LoadLocation(a.Zone); a.Zone != "" && err == nil {
		c.words.zone = z
	}
	return c.touch()
}

// findHold loads the hold that the path names and asks for the right at it. A
// hold that the person may not even see does not exist for him.
func (c *call) findHold() error {
	id, err := email.ParseID(c.r.PathValue("id"))
	if err != nil {
		return errNoPage
	}
	h, err := c.s.o.Holds.Load(c.ctx(), id)
	if err != nil {
		return fmt.Errorf("load hold: %w", err)
	}
	rel := c.relation(h)
	if !May(ActSee, c.account.Roles, rel) {
		return quarantine.ErrNotFound
	}
	c.hold, c.rel = h, rel
	if !May(c.route.action, c.account.Roles, rel) {
		return errForbidden
	}
	return nil
}

func unsafeMethod(m string) bool {
	return m != http.MethodGet && m != http.MethodHead && m != http.MethodOptions
}

// parseForm reads a posted form, with files where the browser sends some.
func (c *call) parseForm() error {
	var err error
	if strings.HasPrefix(c.r.Header.Get("Content-Type"), "multipart/form-data") {
		err = c.r.ParseMultipartForm(8 << 20)
	} else {
		err = c.r.ParseForm()
	}
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return errTooLarge
	}
	if err != nil {
		return wrong("problem.bad-form")
	}
	return nil
}

// see sends the browser on after a POST; to is a path of ours.
func (c *call) see(to string) error {
	c.w.Header().Set("Location", to)
	c.w.WriteHeader(http.StatusSeeOther)
	return nil
}
