package web

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// Tokens keeps the keys of programs.
type Tokens interface {
	PutToken(ctx context.Context, t quarantine.Token) error
	// TokenOf finds one by the hash of its key, or quarantine.ErrNotFound.
	TokenOf(ctx context.Context, hash email.Digest) (quarantine.Token, error)
	// Tokens lists an account's, the newest first.
	Tokens(ctx context.Context, account email.ID) ([]quarantine.Token, error)
	DropToken(ctx context.Context, account, id email.ID) error
	UseToken(ctx context.Context, id email.ID, at time.Time) error
}

// APIOptions are what the API works with. Person and Version may be left out.
type APIOptions struct {
	Holds    Holds
	Decider  Decider
	Mender   Mender
	Desk     Desk
	Bulk     BulkDecider
	Ledger   Ledger
	Outlines Outlines
	Records  Records
	Bypasses Bypasses
	Rules    Rules
	Accounts Accounts
	Tokens   Tokens
	Answers  Answers
	Repairs  Repairs
	Bodies   Bodies
	Render   Render
	Person   Person
	// Version is the program's.
	Version string

	Now func() time.Time
	Log *slog.Logger
}

// Scopes of tokens: what a program may do with it, never more than its account.
const (
	ScopeHolds  = "holds"  // read holds
	ScopeDecide = "decide" // end, mark, hand over and repair holds
	ScopeText   = "text"   // read texts, masked
	ScopeUnmask = "unmask" // read texts as they are, with a reason
	ScopeAudit  = "audit"  // read records and events
	ScopeRules  = "rules"  // read the rules
	ScopeStats  = "stats"  // read figures
	ScopeBypass = "bypass" // open and end emergency windows
	ScopeTokens = "tokens" // make and drop tokens of the same account
)

// TokenScopes lists all of them.
func TokenScopes() []string {
	return []string{ScopeHolds, ScopeDecide, ScopeText, ScopeUnmask, ScopeAudit, ScopeRules, ScopeStats, ScopeBypass, ScopeTokens}
}

// tokenPrefix lets scanners of source code find a key that was checked in.
const tokenPrefix = "sekisho_"

// maxTokenLife bounds how long a token works.
const maxTokenLife = 366 * 24 * time.Hour

// NewToken makes a key for a program. The key is returned once and kept nowhere;
// the Token has its hash and is to be written with Tokens.PutToken. life is at
// most a year.
func NewToken(account email.ID, name string, scopes []string, life time.Duration, now time.Time) (string, quarantine.Token, error) {
	if strings.TrimSpace(name) == "" || len([]rune(name)) > 100 {
		return "", quarantine.Token{}, errors.New("make token: a name of at most 100 characters is needed")
	}
	if life <= 0 || life > maxTokenLife {
		return "", quarantine.Token{}, errors.New("make token: it must end within 366 days")
	}
	if len(scopes) == 0 {
		return "", quarantine.Token{}, errors.New("make token: at least one scope is needed")
	}
	for _, s := range scopes {
		if !slices.Contains(TokenScopes(), s) {
			return "", quarantine.Token{}, fmt.Errorf("make token: no scope %q: %s", s, strings.Join(TokenScopes(), ", "))
		}
	}
	var raw [32]byte
	_, _ = rand.Read(raw[:]) // crypto/rand never fails since Go 1.24
	key := tokenPrefix + base64.RawURLEncoding.EncodeToString(raw[:])
	return key, quarantine.Token{ID: email.NewID(now), Account: account, Hash: sha256.Sum256([]byte(key)), Name: strings.TrimSpace(name),
		Scopes: slices.Clone(scopes), Created: now, Expires: now.Add(life)}, nil
}

// API answers programs over the same table of rights as the console. It knows no
// cookie: a token stands in the Authorization header and nowhere else, so no
// other site's page can use it.
type API struct {
	o       APIOptions
	tr      *catalog
	handler func() (http.Handler, error) // built when it is first asked for
}

// NewAPI checks the options. The handler is mounted at
// "/api" and "/api/".
func NewAPI(o APIOptions) (*API, error) {
	for name, missing := range map[string]bool{
		"Holds": o.Holds == nil, "Decider": o.Decider == nil, "Mender": o.Mender == nil, "Desk": o.Desk == nil, "Bulk": o.Bulk == nil, "Ledger": o.Ledger == nil, "Outlines": o.Outlines == nil,
		"Records": o.Records == nil, "Bypasses": o.Bypasses == nil, "Rules": o.Rules == nil, "Accounts": o.Accounts == nil,
		"Tokens": o.Tokens == nil, "Answers": o.Answers == nil, "Repairs": o.Repairs == nil, "Bodies": o.Bodies == nil,
		"Render": o.Render == nil, "Now": o.Now == nil, "Log": o.Log == nil,
	} {
		if missing {
			return nil, fmt.Errorf("open API: APIOptions.%s is missing", name)
		}
	}
	if o.Person == nil {
		o.Person = nobody
	}
	if o.Version == "" {
		o.Version = "1"
	}
	a := &API{o: o}
	a.handler = sync.OnceValues(a.build)
	return a, nil
}

// build makes the operations with their schemas. They are half a megabyte, which
// many a guard never needs.
func (a *API) build() (http.Handler, error) {
	var err error
	if a.tr, err = loadCatalog(); err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	config := huma.DefaultConfig("Sekisho", a.o.Version)
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "/api/openapi", "", ""
	config.CreateHooks = nil // no $schema fields in answers
	config.Info.Description = "Held mail, decisions, journal and rules of a Sekisho guard. Times are RFC 3339 in UTC, ids have 26 characters. " +
		"Whatever changes something takes an Idempotency-Key and may then be sent again without harm. Lists go on with ?cursor= as long as next is not empty."
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{"token": {Type: "http", Scheme: "bearer"}}
	api := humago.New(mux, config)
	api.UseMiddleware(a.admit(api))
	a.operations(api)
	docs, err := apiDocs(api.OpenAPI())
	if err != nil {
		return nil, err
	}
	mux.HandleFunc("GET /api", docs)
	mux.HandleFunc("GET /api/{$}", docs)
	return a.frame(mux), nil
}

// ServeHTTP serves everything below /api.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	handler, err := a.handler()
	if err != nil { // of what is part of the program
		a.o.Log.Error("the API could not be opened", "error", err)
		http.Error(w, "the API could not be opened", http.StatusInternalServerError)
		return
	}
	handler.ServeHTTP(w, r)
}

// maxCall bounds the body of a call.
const maxCall = 256 << 10

func (a *API) frame(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		r.Body = http.MaxBytesReader(w, r.Body, maxCall)
		next.ServeHTTP(w, r)
	})
}

// program is who calls: a token of an account.
type program struct {
	call
	token quarantine.Token
	key   string
}

type programKey struct{}

func programOf(ctx context.Context) *program {
	p, _ := ctx.Value(programKey{}).(*program)
	return p
}

// guarded is what an operation asks for.
type guarded struct {
	scope  string
	action Action
}

const guardKey = "guard"

// admit is the one door: token, account, scope, then the table of rights.
func (a *API) admit(api huma.API) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		g, ok := ctx.Operation().Metadata[guardKey].(guarded)
		if !ok {
			_ = huma.WriteErr(api, ctx, http.StatusInternalServerError, "this operation has no guard") // a test keeps it from happening
			return
		}
		p, err := a.identify(ctx.Context(), ctx.Header("Authorization"))
		switch {
		case errors.Is(err, errNoLogin):
			ctx.SetHeader("WWW-Authenticate", `Bearer realm="sekisho"`)
			_ = huma.WriteErr(api, ctx, http.StatusUnauthorized, "a valid token is needed: Authorization: Bearer sekisho_...") // the caller has gone away if not
		case err != nil:
			a.o.Log.Error("token could not be checked", "error", err)
			_ = huma.WriteErr(api, ctx, http.StatusServiceUnavailable, "the token cannot be checked now") // the same
		case !slices.Contains(p.token.Scopes, g.scope):
			_ = huma.WriteErr(api, ctx, http.StatusForbidden, "the token lacks the scope "+g.scope) // the same
		case !MayAtAll(g.action, p.account.Roles):
			_ = huma.WriteErr(api, ctx, http.StatusForbidden, "the account has no right to do this") // the same
		default:
			next(huma.WithValue(ctx, programKey{}, p))
		}
	}
}

// usedEvery is how exactly the last use of a token is known.
const usedEvery = time.Minute

func (a *API) identify(ctx context.Context, header string) (*program, error) {
	scheme, key, ok := strings.Cut(header, " ")
	if !ok || !strings.EqualFold(scheme, "Bearer") || !strings.HasPrefix(key, tokenPrefix) {
		return nil, errNoLogin
	}
	t, err := a.o.Tokens.TokenOf(ctx, sha256.Sum256([]byte(key)))
	if errors.Is(err, quarantine.ErrNotFound) {
		return nil, errNoLogin
	}
	if err != nil {
		return nil, fmt.Errorf("find token: %w", err)
	}
	now := a.o.Now()
	account, err := a.o.Accounts.Account(ctx, t.Account)
	switch {
	case errors.Is(err, quarantine.ErrNotFound):
		return nil, errNoLogin
	case err != nil:
		return nil, fmt.Errorf("find account: %w", err)
	case !now.Before(t.Expires) || account.Disabled || account.Temporary:
		return nil, errNoLogin
	}
	if now.Sub(t.Used) >= usedEvery {
		if err := a.o.Tokens.UseToken(ctx, t.ID, now); err != nil {
			a.o.Log.Warn("use of a token could not be noted", "error", err)
		}
	}
	words := reader{lang: langEN, zone: time.UTC, now: now, tr: a.tr}
	return &program{call{s: &Server{o: Options{Person: a.o.Person}}, account: account, words: words}, t, key}, nil
}

// at puts a hold under the program's eyes: what it may not see does not exist.
func (p *program) at(h *quarantine.Hold, action Action) error {
	p.hold, p.rel = h, p.relation(h)
	if !May(ActSee, p.account.Roles, p.rel) {
		return quarantine.ErrNotFound
	}
	if !May(action, p.account.Roles, p.rel) {
		return errForbidden
	}
	return nil
}

// by is how the program stands in events.
func (p *program) by(a Action) quarantine.Actor {
	who := p.actor(a)
	who.Via = "api"
	return who
}

// fail words an error for a program. What is not known here is our own failure
// and says nothing but its reference.
func (a *API) fail(err error) error {
	var m mistake
	var decided quarantine.ErrDecided
	var refused quarantine.ErrNotAllowed
	var known huma.StatusError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &known):
		return err
	case errors.As(err, &decided):
		return huma.Error409Conflict(fmt.Sprintf("decided already: %s by %s %s at %s", decided.Verb, decided.By.Kind, decided.By.Name, decided.When.UTC().Format(time.RFC3339)))
	case errors.As(err, &refused):
		return huma.Error409Conflict(strings.TrimPrefix(refused.Error(), "quarantine: "))
	case errors.As(err, &m):
		return huma.Error400BadRequest(m.key)
	case errors.Is(err, quarantine.ErrNotFound):
		return huma.Error404NotFound("there is no such thing, or the account may not see it")
	case errors.Is(err, errForbidden):
		return huma.Error403Forbidden("the account has no right to do this")
	case errors.Is(err, quarantine.ErrChanged):
		return huma.Error409Conflict("the hold has changed since that version")
	case errors.Is(err, quarantine.ErrKeyReused):
		return huma.Error422UnprocessableEntity("the Idempotency-Key belongs to another call")
	case errors.Is(err, quarantine.ErrCannotRepair):
		return huma.Error409Conflict("this mail cannot be repaired like this")
	case errors.Is(err, quarantine.ErrBusy):
		return huma.ErrorWithHeaders(huma.Error409Conflict("the same call is under way"), http.Header{"Retry-After": {"1"}})
	case errors.Is(err, quarantine.ErrStoreFull):
		return huma.NewError(http.StatusInsufficientStorage, "no room is left")
	}
	reference := email.NewID(a.o.Now())
	a.o.Log.Error("call failed", "reference", reference, "error", err)
	return huma.Error500InternalServerError("internal error, reference " + string(reference))
}
