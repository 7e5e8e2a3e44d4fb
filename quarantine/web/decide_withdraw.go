package web

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// sentBefore is the earlier mail with the same subject and recipients, while it
// can be withdrawn by the owner of the link; nil without one.
func (v *visit) sentBefore() (*quarantine.Hold, error) {
	if v.link.Purpose != quarantine.ForSender || !v.may(ActCancel) {
		return nil, nil
	}
	for _, t := range v.hold.Facts.Ties {
		if t.Kind != policy.TieResend {
			continue
		}
		h, err := v.s.o.Holds.Load(v.ctx(), t.Earlier)
		switch {
		case errors.Is(err, quarantine.ErrNotFound):
		case err != nil:
			return nil, fmt.Errorf("load earlier hold: %w", err)
		case h.Allows(quarantine.VerbCancel, v.link.Actor(), v.s.o.Now()) == nil:
			return h, nil
		}
	}
	return nil, nil
}

// withdraw cancels the mail that was sent before this one, at one tap of a
// person: the same mail waits here too. The link is not spent, since it belongs
// to this one.
func (v *visit) withdraw() error {
	h, err := v.sentBefore()
	switch {
	case err != nil:
		return err
	case v.dead != nil:
		return v.dead
	case h == nil || v.r.PostFormValue("hold") != string(h.ID):
		return v.page(http.StatusConflict, nil, v.words.t("withdraw.too-late"))
	}
	if ok, err := v.sure("withdraw", "withdraw", "", "hold", string(h.ID)); !ok {
		return err
	}
	if _, err := v.s.o.Decider.Cancel(v.ctx(), quarantine.Order{Hold: h.ID, By: v.link.Actor()}); err != nil {
		var late quarantine.ErrDecided
		if errors.As(err, &late) {
			return v.page(http.StatusConflict, nil, v.words.t("withdraw.too-late"))
		}
		return fmt.Errorf("withdraw earlier mail: %w", err)
	}
	return v.see("withdraw")
}
