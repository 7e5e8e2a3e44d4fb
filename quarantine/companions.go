package quarantine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
)

// Bounds of the held mails in which the password of an encrypted file is looked
// for.
const (
	maxCompanions  = 5
	companionBytes = 1 << 20
)

// Companions are held mails of the same sender to one of the same outsiders in
// which a password stands, as they were received. They are for the worker that
// reads an encrypted file; nobody else is given them.
func (k *Keeper) Companions(ctx context.Context, env email.Envelope, h policy.Header) ([][]byte, error) {
	found, err := k.o.Store.Tied(ctx, companionKeys(env, h, k.o.Now()), k.o.Now())
	if err != nil {
		return nil, fmt.Errorf("look up companions: %w", err)
	}
	var out [][]byte
	seen := map[email.ID]bool{}
	for _, f := range found {
		if f.Hold == "" || seen[f.Hold] || len(out) == maxCompanions {
			continue
		}
		seen[f.Hold] = true
		raw, err := k.companion(ctx, f.Hold)
		if err != nil {
			return nil, err
		}
		if raw != nil {
			out = append(out, raw)
		}
	}
	return out, nil
}

// companion reads a mail that waits and is small.
func (k *Keeper) companion(ctx context.Context, id email.ID) ([]byte, error) {
	h, err := k.o.Store.Load(ctx, id)
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("load companion: %w", err)
	}
	first := h.Copies[0]
	if !h.waits() || first.Revisions[0].Size > companionBytes {
		return nil, nil
	}
	body, err := k.Body(ctx, first, 1)
	if err != nil {
		return nil, err
	}
	raw, err := email.ReadBody(body, companionBytes)
	if err != nil {
		return nil, fmt.Errorf("read companion: %w", err)
	}
	return raw, nil
}

// companionKeys are the references under which such mails are found. Who stands
// behind the mail is not known yet while it is read, so whoever it names counts.
func companionKeys(env email.Envelope, h policy.Header, now time.Time) []Reference {
	var senders []email.Address
	add := func(a email.Address) {
		if !a.IsNull() && len(senders) < 4 && !slices.ContainsFunc(senders, a.Equal) {
			senders = append(senders, a)
		}
	}
	if a, err := email.ParseAddress(env.Client.User); err == nil {
		add(a)
	}
	add(env.Sender)
	for _, boxes := range [][]policy.Mailbox{h.SenderBox, h.From} {
		if len(boxes) > 0 {
			add(boxes[0].Address)
		}
	}
	var out []Reference
	for _, from := range senders {
		for _, to := range env.Addresses() {
			if len(out) < maxReceivers {
				out = append(out, Reference{Kind: refPassword, Values: []string{from.Key(), to.Key()}, Until: now})
			}
		}
	}
	return out
}

// Passed writes down that a mail with an encrypted file is about to leave, so
// that its password is recognised within a day, and at an earlier mail that waits
// that this one was sent in its place. Of other mail it keeps nothing.
func (k *Keeper) Passed(ctx context.Context, m *policy.Message) error {
	return errors.Join(k.passedFile(ctx, m), k.corrected(ctx, m))
}

func (k *Keeper) passedFile(ctx context.Context, m *policy.Message) error {
	if !sealed(m) {
		return nil
	}
	refs := toReceivers(refFile, m, k.o.Now().Add(companionFor))
	if len(refs) == 0 {
		return nil
	}
	if err := k.o.Store.Refer(ctx, k.o.Now(), refs); err != nil {
		return fmt.Errorf("note encrypted file: %w", err)
	}
	return nil
}
