package web

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

const sessionCookie = "sekisho_session"

// state is what a session knows. Times are checked against the server's clock
// by us; scs only carries the cookie.
type state struct {
	Account email.ID  `json:"account,omitempty"`
	Created time.Time `json:"created"`
	Seen    time.Time `json:"seen"`
	// Proved is when the password was last given.
	Proved time.Time `json:"proved"`
	CSRF   string    `json:"csrf"`
	// Pending has given the password and owes the code, until PendingUntil.
	Pending      email.ID  `json:"pending,omitempty"`
	PendingUntil time.Time `json:"pending_until,omitzero"`
	// Setup is a TOTP secret that was shown and not confirmed yet.
	Setup string `json:"setup,omitempty"`
	// Tickets let somebody look at bodies for some minutes.
	Tickets map[email.ID]ticket `json:"tickets,omitempty"`
	Agent   string              `json:"agent,omitempty"`
	Client  string              `json:"client,omitempty"`
}

// ticket is the right to see one mail's text; it was journalled when it was given.
type ticket struct {
	Until time.Time `json:"until"`
	// Raw: unmasked.
	Raw bool `json:"raw,omitempty"`
}

const stateKey = "s"

// codec writes scs's session data as JSON.
type codec struct{}

type encoded struct {
	Deadline time.Time      `json:"deadline"`
	Values   map[string]any `json:"values"`
}

// Encode implements scs.Codec.
func (codec) Encode(deadline time.Time, values map[string]any) ([]byte, error) {
	b, err := json.Marshal(encoded{deadline, values})
	if err != nil {
		return nil, fmt.Errorf("encode session: %w", err)
	}
	return b, nil
}

// Decode implements scs.Codec.
func (codec) Decode(b []byte) (time.Time, map[string]any, error) {
	var e encoded
	if err := json.Unmarshal(b, &e); err != nil {
		return time.Time{}, nil, fmt.Errorf("decode session: %w", err)
	}
	if e.Values == nil {
		e.Values = map[string]any{}
	}
	return e.Deadline, e.Values, nil
}

// shelf keeps scs's sessions in our store, under the hash of their token.
type shelf struct {
	sessions Sessions
	idle     time.Duration
}

func tokenID(token string) string {
	sum := sha256.Sum256([]byte("sekisho session " + token))
	return hex.EncodeToString(sum[:])
}

// FindCtx implements scs.CtxStore.
func (s shelf) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	found, err := s.sessions.Session(ctx, tokenID(token))
	if errors.Is(err, quarantine.ErrNotFound) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("find session: %w", err)
	}
	return found.Data, true, nil
}

// CommitCtx implements scs.CtxStore.
func (s shelf) CommitCtx(ctx context.Context, token string, b []byte, _ time.Time) error {
	st, err := stateIn(b)
	if err != nil {
		return err
	}
	err = s.sessions.PutSession(ctx, Session{
		ID: tokenID(token), Account: st.Account, Data: b,
		Created: st.Created, Seen: st.Seen, Until: st.Seen.Add(s.idle),
	})
	if err != nil {
		return fmt.Errorf("write session: %w", err)
	}
	return nil
}

// stateIn reads our state out of scs's data.
func stateIn(b []byte) (st state, err error) {
	_, values, err := codec{}.Decode(b)
	if err != nil {
		return st, err
	}
	text, _ := values[stateKey].(string)
	if err := json.Unmarshal([]byte(text), &st); err != nil {
		return st, fmt.Errorf("read session: %w", err)
	}
	return st, nil
}

// DeleteCtx implements scs.CtxStore.
func (s shelf) DeleteCtx(ctx context.Context, token string) error {
	if err := s.sessions.DropSession(ctx, tokenID(token)); err != nil {
		return fmt.Errorf("drop session: %w", err)
	}
	return nil
}

var errNoContext = errors.New("web: sessions are only used within a request")

// Find, Commit and Delete implement scs.Store; scs calls the others.
func (shelf) Find(string) ([]byte, bool, error) { return nil, false, errNoContext }

// Commit is never called.
func (shelf) Commit(string, []byte, time.Time) error { return errNoContext }

// Delete is never called.
func (shelf) Delete(string) error { return errNoContext }

// newManager makes the carrier of session cookies.
func newManager(o Options, fail func(http.ResponseWriter, *http.Request, error)) *scs.SessionManager {
	m := scs.New()
	m.Store, m.Codec, m.ErrorFunc = shelf{o.Sessions, o.IdleLimit}, codec{}, fail
	m.IdleTimeout, m.Lifetime = 0, 10*365*24*time.Hour // ours are checked in alive
	m.Cookie = scs.SessionCookie{
		Name: sessionCookie, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: o.secure(), Persist: false,
	}
	if o.secure() {
		m.Cookie.Name = "__Host-" + sessionCookie
	}
	return m
}

func randomToken() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	return hex.EncodeToString(b[:])
}

// loadState reads the session's state; nil when there is none or it is over.
func (s *Server) loadState(ctx context.Context) *state {
	text := s.sessions.GetString(ctx, stateKey)
	if text == "" {
		return nil
	}
	var st state
	if err := json.Unmarshal([]byte(text), &st); err != nil {
		return nil
	}
	now := s.o.Now()
	if now.Sub(st.Created) >= s.o.AbsoluteLimit || now.Sub(st.Seen) >= s.o.IdleLimit || st.Seen.After(now.Add(time.Minute)) {
		return nil
	}
	return &st
}

func (s *Server) saveState(ctx context.Context, st *state) error {
	b, err := json.Marshal(st)
	if err != nil {
		return fmt.Errorf("encode session: %w", err)
	}
	s.sessions.Put(ctx, stateKey, string(b))
	return nil
}

// begin starts a session under a new id, so that an id somebody planted before
// the log-in is worth nothing after it.
func (c *call) begin(st state) error {
	if err := c.s.sessions.RenewToken(c.r.Context()); err != nil {
		return fmt.Errorf("rotate session: %w", err)
	}
	now := c.s.o.Now()
	if st.Created.IsZero() {
		st.Created = now
	}
	st.Seen, st.CSRF = now, randomToken()
	st.Agent, st.Client = clip(c.r.UserAgent(), 200), c.r.RemoteAddr
	c.state = &st
	return c.s.saveState(c.r.Context(), &st)
}

// seenEvery is how exactly the last use of a session is known.
const seenEvery = time.Minute

// touch notes the use of a session, now and then.
func (c *call) touch() error {
	if now := c.s.o.Now(); now.Sub(c.state.Seen) >= seenEvery {
		c.state.Seen = now
		return c.s.saveState(c.r.Context(), c.state)
	}
	return nil
}

// tokenFits checks the form's token.
func (c *call) tokenFits() bool {
	if c.state == nil || c.state.CSRF == "" {
		return false
	}
	return subtle.ConstantTimeCompare([]byte(c.r.PostFormValue("csrf")), []byte(c.state.CSRF)) == 1
}

// fresh tells whether the password was given lately.
func (c *call) fresh() bool {
	return c.state != nil && c.s.o.Now().Sub(c.state.Proved) < c.s.o.FreshFor
}

// ticketFor is the open look at a hold's body; zero without.
func (c *call) ticketFor(hold email.ID) ticket {
	t := c.state.Tickets[hold]
	if !c.s.o.Now().Before(t.Until) {
		return ticket{}
	}
	return t
}

// maxTickets bounds a session's size.
const maxTickets = 20

// giveTicket opens a look at a hold's body.
func (c *call) giveTicket(hold email.ID, raw bool) error {
	now := c.s.o.Now()
	kept := map[email.ID]ticket{}
	for id, t := range c.state.Tickets {
		if now.Before(t.Until) && len(kept) < maxTickets-1 {
			kept[id] = t
		}
	}
	kept[hold] = ticket{Until: now.Add(c.s.o.LookFor), Raw: raw}
	c.state.Tickets = kept
	return c.s.saveState(c.r.Context(), c.state)
}

func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}
