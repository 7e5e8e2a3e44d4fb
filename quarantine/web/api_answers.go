package web

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// Answers keeps what was answered to calls with an idempotency key.
type Answers interface {
	// BeginAnswer claims a call. It returns the sealed answer when the call was
	// made before, nil when this one is the first and has to be ended;
	// quarantine.ErrBusy while another one is at it, quarantine.ErrKeyReused when
	// the key belongs to another call.
	BeginAnswer(ctx context.Context, id, print string, at time.Time) ([]byte, error)
	EndAnswer(ctx context.Context, id string, sealed []byte) error
	// DropAnswer forgets a call that came to nothing.
	DropAnswer(ctx context.Context, id string) error
}

// Keyed is what a call takes that changes something. Acts on a hold keep their
// key in the transaction of the act; all others go through once.
type Keyed struct {
	Key string `header:"Idempotency-Key" maxLength:"100" doc:"makes it harmless to send the call again: the same key with the same call acts once and gets the same answer, for 30 days"`
}

func (k Keyed) idempotencyKey() string { return k.Key }

// once lets a call with an idempotency key act once. What was answered is sealed
// with a key made from the caller's token: the answer to making a token has that
// token in it, and nobody else may read it, not even with the store.
func once[I interface{ idempotencyKey() string }, O any](a *API, name string, do func(context.Context, *I) (*O, error)) func(context.Context, *I) (*O, error) {
	return func(ctx context.Context, in *I) (*O, error) {
		key := (*in).idempotencyKey()
		if key == "" {
			return do(ctx, in)
		}
		p := programOf(ctx)
		asked, err := json.Marshal(in)
		if err != nil {
			return nil, fmt.Errorf("encode call: %w", err)
		}
		id, print := digestOf("answer", string(p.token.ID), key), digestOf("call", name, string(asked))
		sealed, err := a.o.Answers.BeginAnswer(ctx, id, print, a.o.Now())
		if err != nil {
			return nil, a.fail(err)
		}
		out := new(O)
		if sealed != nil {
			if err := p.unseal(sealed, id, out); err != nil {
				return nil, a.fail(err)
			}
			return out, nil
		}
		out, err = do(ctx, in)
		if err == nil {
			sealed, err = p.seal(out, id)
		}
		if err != nil {
			a.forget(ctx, id)
			return nil, err
		}
		// The act is done: an answer that cannot be kept makes it no failure.
		if err := a.o.Answers.EndAnswer(context.WithoutCancel(ctx), id, sealed); err != nil {
			a.o.Log.Error("answer could not be kept", "error", err)
		}
		return out, nil
	}
}

func (a *API) forget(ctx context.Context, id string) {
	if err := a.o.Answers.DropAnswer(context.WithoutCancel(ctx), id); err != nil {
		a.o.Log.Error("call could not be forgotten", "error", err)
	}
}

func digestOf(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d %s\n", len(p), p)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// box is AES-256-GCM under a key that only the caller's token gives.
func (p *program) box() (cipher.AEAD, error) {
	key := sha256.Sum256([]byte("sekisho answer " + p.key))
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return nil, fmt.Errorf("make cipher: %w", err)
	}
	box, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("make cipher: %w", err)
	}
	return box, nil
}

func (p *program) seal(v any, id string) ([]byte, error) {
	plain, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode answer: %w", err)
	}
	box, err := p.box()
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, box.NonceSize())
	_, _ = rand.Read(nonce) // never fails (crypto/rand)
	return box.Seal(nonce, nonce, plain, []byte(id)), nil
}

func (p *program) unseal(sealed []byte, id string, v any) error {
	box, err := p.box()
	if err != nil {
		return err
	}
	if len(sealed) < box.NonceSize() {
		return huma.Error500InternalServerError("the kept answer is damaged")
	}
	plain, err := box.Open(nil, sealed[:box.NonceSize()], sealed[box.NonceSize():], []byte(id))
	if err != nil {
		return fmt.Errorf("open answer: %w", err)
	}
	if err := json.Unmarshal(plain, v); err != nil {
		return fmt.Errorf("decode answer: %w", err)
	}
	return nil
}
