package notify

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// LinkLife is how long after a hold's deadline its links still show what became
// of it; the most that is allowed, too.
const LinkLife = 72 * time.Hour

// LinkStore keeps the hashes of links; the quarantine's store does.
type LinkStore interface {
	// PutLink keeps a link.
	PutLink(ctx context.Context, l quarantine.Link) error
	// Link finds one by the hash of its key, or quarantine.ErrNotFound.
	Link(ctx context.Context, hash email.Digest) (quarantine.Link, error)
	// SpendLink marks one spent for a hold: ErrNotFound, ErrLinkForeign,
	// ErrLinkSpent or ErrLinkExpired of quarantine when it cannot be.
	SpendLink(ctx context.Context, hold email.ID, u quarantine.LinkUse) error
}

// Links hands out personal links and knows them again. It is safe for concurrent
// use.
type Links struct {
	// Store keeps them.
	Store LinkStore
	// Base is what stands before the key: "https://guard.example.co.jp/d/".
	Base string
	// Now is the clock.
	Now func() time.Time
}

// ErrNoLink is returned for a key that nobody was given. It says nothing about
// holds.
var ErrNoLink = errors.New("notify: there is no such link")

// keyBytes is 256 bits.
const keyBytes = 32

// keyCoding is strict, so that a link has exactly one spelling.
var keyCoding = base64.RawURLEncoding.Strict()

// mint makes a link that is not kept yet, and the address under which it opens.
// deadline is that of the hold; a zero one counts as now.
func (l Links) mint(hold email.ID, person email.Address, purpose quarantine.Purpose, deadline time.Time) (string, quarantine.Link) {
	var key [keyBytes]byte
	_, _ = rand.Read(key[:]) // crypto/rand never fails since Go 1.24
	now := l.Now()
	if deadline.Before(now) {
		deadline = now
	}
	return l.Base + keyCoding.EncodeToString(key[:]), quarantine.Link{Hash: sha256.Sum256(key[:]), Hold: hold, Person: person,
		Purpose: purpose, Issued: now, Expires: deadline.Add(LinkLife)}
}

// Issue makes and keeps a link, and returns the address under which it opens.
// deadline is that of the hold; the link works until 72 hours after it.
func (l Links) Issue(ctx context.Context, hold email.ID, person email.Address, purpose quarantine.Purpose, deadline time.Time) (string, error) {
	url, link := l.mint(hold, person, purpose, deadline)
	if err := l.Store.PutLink(ctx, link); err != nil {
		return "", fmt.Errorf("issue link: %w", err)
	}
	return url, nil
}

// Hash is what is kept of a key; ErrNoLink for what cannot be one.
func Hash(key string) (email.Digest, error) {
	b, err := keyCoding.DecodeString(key)
	if err != nil || len(b) != keyBytes {
		return email.Digest{}, ErrNoLink
	}
	return sha256.Sum256(b), nil
}

// Look finds the link that belongs to a key and changes nothing. With
// quarantine.ErrLinkSpent or ErrLinkExpired the link is returned all the same,
// so that its page can say what became of the mail. ErrNoLink says that nobody
// was given it.
func (l Links) Look(ctx context.Context, key string) (quarantine.Link, error) {
	hash, err := Hash(key)
	if err != nil {
		return quarantine.Link{}, err
	}
	link, err := l.Store.Link(ctx, hash)
	switch {
	case errors.Is(err, quarantine.ErrNotFound):
		return quarantine.Link{}, ErrNoLink
	case err != nil:
		return quarantine.Link{}, fmt.Errorf("look up link: %w", err)
	case !l.Now().Before(link.Expires):
		return link, quarantine.ErrLinkExpired
	case !link.Spent.IsZero():
		return link, quarantine.ErrLinkSpent
	}
	return link, nil
}

// Spend uses a link up outside of a decision; one of many at the same time
// succeeds, the others get quarantine.ErrLinkSpent. A decision spends its link
// itself, in its own transaction: see quarantine.Order.Link.
func (l Links) Spend(ctx context.Context, key string) (quarantine.Link, error) {
	link, err := l.Look(ctx, key)
	if err != nil {
		return link, err
	}
	use := quarantine.LinkUse{Hash: link.Hash, Person: link.Person, Purposes: []quarantine.Purpose{link.Purpose}, At: l.Now()}
	if err := l.Store.SpendLink(ctx, link.Hold, use); err != nil {
		return link, fmt.Errorf("spend link: %w", err)
	}
	link.Spent = use.At
	return link, nil
}
