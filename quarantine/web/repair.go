package web

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// repairView is a repair that is offered.
type repairView struct{ Name, Title, Lead string }

// repairs are those that the rules offer for a hold and that were not made.
func (r reader) repairs(h *quarantine.Hold) (out []repairView) {
	made := repairsOf(h)
	for _, name := range h.Terms.Offer {
		if !slices.Contains(made, name) && r.tr.has("repair."+name) {
			out = append(out, repairView{name, r.t("repair." + name), r.t("repair." + name + "-lead")})
		}
	}
	return out
}

// repairsOf are the repairs that were made.
func repairsOf(h *quarantine.Hold) (out []string) {
	for _, c := range h.Copies {
		for _, rev := range c.Revisions {
			if rev.Repair != "" && !slices.Contains(out, rev.Repair) {
				out = append(out, rev.Repair)
			}
		}
	}
	return out
}

// repaired says what was repaired and what the rules say to it now.
func (r reader) repaired(h *quarantine.Hold) (out []string) {
	for _, name := range repairsOf(h) {
		out = append(out, r.or("repaired."+name, name))
	}
	v, ok := h.Rejudged()
	if !ok {
		return nil
	}
	var why []string
	for _, f := range v.Fired {
		for _, text := range f.Reasons {
			if !f.Monitor {
				why = append(why, text.In(r.lang))
			}
		}
	}
	if len(why) == 0 {
		return append(out, r.t("repaired.freed"))
	}
	return append(out, r.t("repaired.still", "why", strings.Join(why, " ")))
}

// repairPage shows what a repair would change.
type repairPage struct {
	*HoldView
	repairView
	Do      string
	Changes []quarantine.HeaderChange
	Key     string
}

// doRepair shows the difference, and with "do" makes the repair.
func (c *call) doRepair() error {
	name := c.r.PostFormValue("repair")
	i := slices.IndexFunc(c.words.repairs(c.hold), func(v repairView) bool { return v.Name == name })
	if c.s.o.Repairs == nil || i < 0 {
		return quarantine.ErrCannotRepair
	}
	if err := c.hold.Allows(quarantine.VerbRepair, c.actor(ActRepair), c.s.o.Now()); err != nil {
		return err //nolint:wrapcheck // its face is known
	}
	if c.r.PostFormValue("do") == "" {
		changes, err := c.s.o.Repairs.PreviewRepair(c.ctx(), c.hold, name)
		if err != nil {
			return fmt.Errorf("preview repair: %w", err)
		}
		p := repairPage{HoldView: c.holdView(c.hold), repairView: c.words.repairs(c.hold)[i], Do: c.t("repair." + name + "-do"), Changes: changes, Key: string(email.NewID(c.s.o.Now()))}
		return c.renderStatus(http.StatusOK, "repair", c.t("repair.title"), p)
	}
	o := quarantine.Order{Hold: c.hold.ID, By: c.actor(ActRepair)}
	var err error
	if o.Version, err = formVersion(c.r.PostFormValue("version")); err != nil {
		return err
	}
	if key, err := email.ParseID(c.r.PostFormValue("key")); err == nil {
		o.Key = "web " + string(key)
	}
	if _, err := c.s.o.Repairs.Repair(c.ctx(), o, name); err != nil {
		return fmt.Errorf("repair mail: %w", err)
	}
	return c.see(holdPath(c.hold.ID) + "?done=repair")
}
