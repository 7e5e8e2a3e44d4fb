package web

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// light is one line of the system page.
type light struct {
	Name, Value, Note string
	// Level is "good", "warn" or "bad"; the template writes the word beside the
	// colour.
	Level string
}

type systemPage struct {
	Lights     []light
	Components []Component
	Nodes      []nodeView
	Bypass     *bypassView
	Paused     bool
	Waiting    int64
	Open       []countRow
	Oldest     string
	Minutes    []int
	Needs      bool
}

type nodeView struct {
	Name string
	Seen Moment
}

type bypassView struct {
	ID     email.ID
	Until  Moment
	From   Moment
	Reason string
	Who    string
}

// showSystem tells how the guard is.
func (c *call) showSystem() error {
	st := c.s.o.Status(c.ctx())
	stats, err := c.s.o.Holds.Stats(c.ctx())
	if err != nil {
		return fmt.Errorf("count holds: %w", err)
	}
	p := systemPage{Paused: st.Paused && c.s.o.Resume != nil, Waiting: stats.Holds, Minutes: []int{15, 30, 60, 120, 240}, Needs: !c.fresh()}
	p.Components = append([]Component{{Name: "Sekisho", Version: st.Version}}, st.Components...)
	for _, n := range st.Nodes {
		p.Nodes = append(p.Nodes, nodeView{n.Name, c.words.when(n.Seen)})
	}
	if !stats.Oldest.IsZero() {
		p.Oldest = c.words.span(c.words.now.Sub(stats.Oldest))
	}
	for _, s := range []quarantine.State{quarantine.Waiting, quarantine.Due, quarantine.Sending, quarantine.Unknown} {
		p.Open = append(p.Open, countRow{c.t("state." + string(s)), int(stats.Open[s])})
	}
	switch b, err := c.s.o.Bypasses.CurrentBypass(c.ctx(), c.s.o.Now()); {
	case err == nil:
		p.Bypass = &bypassView{ID: b.ID, Until: c.words.when(b.Until), From: c.words.when(b.From), Reason: b.Reason, Who: c.who(b.By)}
	case !errors.Is(err, quarantine.ErrNotFound):
		return fmt.Errorf("look for bypass: %w", err)
	}
	p.Lights = c.lights(st)
	return c.render("system", c.t("system.title"), p)
}

// lights are the lines of the page, in the order in which one would look.
func (c *call) lights(st SystemStatus) []light {
	level := func(good bool, otherwise string) string {
		if good {
			return "good"
		}
		return otherwise
	}
	var out []light
	add := func(l light) { out = append(out, l) }
	for _, h := range st.Hops {
		l := light{Name: c.t("system.hop"), Value: h.Address, Level: level(h.Up, "bad"), Note: h.Problem}
		add(l)
	}
	add(light{Name: c.t("system.mode"), Value: c.words.or("mode."+st.Mode, st.Mode), Level: level(st.Mode != "monitor", "warn")})
	rules := c.s.o.Rules.Status()
	add(light{Name: c.t("system.rules"), Value: c.t("system.rules-value", "n", rules.Rules, "digest", rules.Digest.String()[:12]),
		Level: level(rules.Err == nil, "bad"), Note: rules.Problem})
	add(light{Name: c.t("system.directory"), Value: c.t("system.people", "n", c.words.number(st.People)),
		Level: level(st.DirectoryError == "", "bad"), Note: st.DirectoryError})
	add(light{Name: c.t("system.store"), Value: c.t("system.answers." + level(st.StoreError == "", "bad")), Level: level(st.StoreError == "", "bad"), Note: st.StoreError})
	if st.DiskSize > 0 {
		share := int(100 * st.DiskFree / st.DiskSize)
		l := light{Name: c.t("system.disk"), Value: c.t("system.disk-value", "free", c.words.size(st.DiskFree), "all", c.words.size(st.DiskSize), "share", share), Level: "good"}
		if share < 15 {
			l.Level = level(share >= 5, "bad")
			if share >= 5 {
				l.Level = "warn"
			}
		}
		add(l)
	}
	add(light{Name: c.t("system.workers"), Value: fmt.Sprint(st.Workers), Level: level(st.Workers > 0, "bad")})
	add(light{Name: c.t("system.journal"), Value: c.t("system.journal-value", "n", c.words.number(int(st.JournalBehind))), Level: level(st.JournalBehind < 10_000, "warn")})
	hour := light{Name: c.t("system.holds-hour"), Value: fmt.Sprint(st.HoldsLastHour), Level: level(!st.Alarm, "bad")}
	if st.AlarmPerHour > 0 {
		hour.Value = c.t("system.holds-hour-value", "n", st.HoldsLastHour, "limit", st.AlarmPerHour)
	}
	if st.Alarm {
		hour.Note = c.t("system.alarm")
	}
	add(hour)
	for _, t := range st.Tripped {
		add(light{Name: c.t("breaker.light"), Value: t.Account, Level: map[bool]string{true: "bad", false: "warn"}[t.Enforced],
			Note: c.t("breaker.note", "n", c.words.number(t.Count), "what", c.words.or("breaker."+t.Limit, t.Limit), "limit", c.words.number(t.Allowed), "since", c.words.when(t.Since).Text)})
	}
	add(light{Name: c.t("system.dispatch"), Value: c.t("system.dispatch." + level(!st.Paused, "bad")), Level: level(!st.Paused, "bad")})
	if !st.Started.IsZero() {
		add(light{Name: c.t("system.started"), Value: c.words.when(st.Started).Text, Level: "good", Note: st.Host})
	}
	return out
}

// maxBypass is the longest window, in minutes.
const maxBypass = 240

// doBypass opens or closes an emergency window.
func (c *call) doBypass() error {
	if err := c.prove(ActBypass); err != nil {
		return err
	}
	now := c.s.o.Now()
	if c.r.PostFormValue("do") == "close" {
		id, err := email.ParseID(c.r.PostFormValue("window"))
		if err != nil {
			return wrong("problem.bad-form")
		}
		if err := c.s.o.Bypasses.EndBypass(c.ctx(), id, c.actor(ActBypass), now); err != nil {
			return fmt.Errorf("end bypass: %w", err)
		}
		return c.see("/system?done=bypass-end")
	}
	reason, err := c.reason()
	if err != nil {
		return err
	}
	minutes, err := strconv.Atoi(c.r.PostFormValue("minutes"))
	if err != nil || minutes < 1 || minutes > maxBypass {
		return wrong("bypass.bad-time", "n", maxBypass)
	}
	b := quarantine.Bypass{ID: email.NewID(now), From: now, Until: now.Add(time.Duration(minutes) * time.Minute), Reason: reason, By: c.actor(ActBypass)}
	if err := c.s.o.Bypasses.OpenBypass(c.ctx(), b); err != nil {
		return fmt.Errorf("open bypass: %w", err)
	}
	return c.see("/system?done=bypass")
}

// doResume lets dispatch trust the clock again.
func (c *call) doResume() error {
	if err := c.prove(ActBypass); err != nil {
		return err
	}
	if c.s.o.Resume == nil {
		return errNoPage
	}
	if err := c.note(quarantine.Event{Verb: quarantine.VerbResume, By: c.actor(ActBypass)}); err != nil {
		return err
	}
	c.s.o.Resume()
	return c.see("/system?done=resume")
}
