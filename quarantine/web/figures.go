package web

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sekisho-mail/sekisho/quarantine"
)

// compared is one figure of the person beside the middle of the organisation.
// Nobody sees anybody else's figure, and there is no order of people anywhere.
type compared struct {
	Name   string
	Mine   string
	Median string
}

type figuresPage struct {
	Days    int
	Sending []compared
	// Deciding is empty for who decides nothing.
	Deciding []compared
	// The charts are of the person's own mails, or of all for who may see those.
	All     bool
	PerDay  Chart
	ByRule  Chart
	ToEnd   Chart
	Total   int
	Ended   []countRow
	Enough  bool // enough people for a median that gives nobody away
	Members int
}

// crowd is how many people a median needs, so that it says nothing of one.
const crowd = 5

// showFigures compares the person with the median, and draws what was held.
func (c *call) showFigures() error {
	now := c.s.o.Now()
	since := startOfDay(now, c.words.zone).AddDate(0, 0, 1-figureDays)
	held, err := c.s.o.Outlines.Outlines(c.ctx(), since, now.Add(time.Minute))
	if err != nil {
		return fmt.Errorf("list outlines: %w", err)
	}
	p := figuresPage{Days: figureDays, All: c.may(ActFigures)}
	c.sending(&p, held)
	if c.account.Is(RoleApprover) || c.account.Is(RoleAdmin) {
		c.deciding(&p, held)
	}
	shown := held
	if !p.All {
		shown = slices.DeleteFunc(slices.Clone(held), func(o quarantine.Outline) bool { return !c.owns(o.Sender) })
	}
	p.Total = len(shown)
	p.PerDay, p.ByRule, p.ToEnd = c.perDay(shown, since), c.byRule(shown), c.toEnd(shown)
	p.Ended = c.ends(shown)
	return c.render("figures", c.t("figures.title"), p)
}

// perPerson counts holds, those let go and those withdrawn or refused.
type perPerson struct{ held, released, stopped int }

func (c *call) sending(p *figuresPage, held []quarantine.Outline) {
	people := map[string]*perPerson{}
	var mine perPerson
	for _, o := range held {
		if o.Sender.IsNull() {
			continue
		}
		n := people[o.Sender.Key()]
		if n == nil {
			n = &perPerson{}
			people[o.Sender.Key()] = n
		}
		for _, x := range []*perPerson{n, &mine} {
			if x == &mine && !c.owns(o.Sender) {
				continue
			}
			x.held++
			switch o.Decision.Verb {
			case quarantine.VerbApprove, quarantine.VerbRelease, quarantine.VerbSendFirst:
				x.released++
			case quarantine.VerbReject, quarantine.VerbCancel, quarantine.VerbExpire:
				x.stopped++
			}
		}
	}
	p.Members = len(people)
	p.Enough = len(people) >= crowd
	add := func(key string, get func(*perPerson) int) {
		row := compared{Name: c.t(key), Mine: c.words.number(get(&mine)), Median: "–"}
		if p.Enough {
			var all []int
			for _, n := range people {
				all = append(all, get(n))
			}
			row.Median = c.words.number(median(all))
		}
		p.Sending = append(p.Sending, row)
	}
	add("figures.held", func(n *perPerson) int { return n.held })
	add("figures.released", func(n *perPerson) int { return n.released })
	add("figures.stopped", func(n *perPerson) int { return n.stopped })
}

// deciding compares how much and how fast somebody decides as a second person.
func (c *call) deciding(p *figuresPage, held []quarantine.Outline) {
	times := map[string][]time.Duration{}
	approved := map[string]int{}
	for _, o := range held {
		if k := o.Decision.By.Kind; k != quarantine.ActorApprover && k != quarantine.ActorAdmin {
			continue
		}
		who := o.Decision.By.Name
		times[who] = append(times[who], o.Decision.At.Sub(o.Created))
		if o.Decision.Verb == quarantine.VerbApprove {
			approved[who]++
		}
	}
	me := c.account.Address.Key()
	enough := len(times) >= crowd
	row := func(key string, get func(who string) (int, bool), write func(int) string) {
		r := compared{Name: c.t(key), Mine: "–", Median: "–"}
		if n, ok := get(me); ok {
			r.Mine = write(n)
		}
		if enough {
			var all []int
			for who := range times {
				if n, ok := get(who); ok {
					all = append(all, n)
				}
			}
			r.Median = write(median(all))
		}
		p.Deciding = append(p.Deciding, r)
	}
	row("figures.decided", func(who string) (int, bool) { return len(times[who]), true }, c.words.number)
	row("figures.share", func(who string) (int, bool) {
		if len(times[who]) == 0 {
			return 0, false
		}
		return 100 * approved[who] / len(times[who]), true
	}, func(n int) string { return fmt.Sprintf("%d %%", n) })
	row("figures.time", func(who string) (int, bool) {
		var all []int
		for _, d := range times[who] {
			all = append(all, int(d.Seconds()))
		}
		return median(all), len(all) > 0
	}, func(n int) string { return c.words.span(time.Duration(n) * time.Second) })
}

func median(list []int) int {
	if len(list) == 0 {
		return 0
	}
	slices.Sort(list)
	return list[len(list)/2]
}

func (c *call) perDay(held []quarantine.Outline, since time.Time) Chart {
	counts := make([]int, figureDays)
	labels := make([]string, figureDays)
	for i := range labels {
		day := since.AddDate(0, 0, i)
		labels[i] = day.Format("2 Jan")
		if c.words.lang == langJA {
			labels[i] = day.Format("1/2")
		}
	}
	for _, o := range held {
		day := int(startOfDay(o.Created, c.words.zone).Sub(since).Hours()+1) / 24
		if day >= 0 && day < figureDays {
			counts[day]++
		}
	}
	return columns(c.t("figures.per-day"), labels, counts)
}

func (c *call) byRule(held []quarantine.Outline) Chart {
	counts := map[string]int{}
	for _, o := range held {
		for _, r := range o.Rules {
			counts[r]++
		}
	}
	titles := map[string]string{}
	for _, r := range c.s.o.Rules.Set().Rules() {
		titles[r.Name] = r.Title.In(c.words.lang)
	}
	var rows []countRow
	for name, n := range counts {
		title := titles[name]
		if title == "" {
			title = name
		}
		rows = append(rows, countRow{title, n})
	}
	slices.SortFunc(rows, func(a, b countRow) int {
		if a.Count != b.Count {
			return b.Count - a.Count
		}
		return strings.Compare(a.Name, b.Name)
	})
	return bars(c.t("figures.by-rule"), rows[:min(len(rows), 12)])
}

// toEnd sorts decided holds by how long they waited.
func (c *call) toEnd(held []quarantine.Outline) Chart {
	limits := []struct {
		key string
		d   time.Duration
	}{
		{"figures.until-15m", 15 * time.Minute}, {"figures.until-1h", time.Hour}, {"figures.until-4h", 4 * time.Hour},
		{"figures.until-1d", 24 * time.Hour}, {"figures.until-3d", 72 * time.Hour}, {"figures.longer", 1<<63 - 1},
	}
	rows := make([]countRow, len(limits))
	for i, l := range limits {
		rows[i].Name = c.t(l.key)
	}
	for _, o := range held {
		if o.Decision.IsZero() {
			continue
		}
		waited := o.Decision.At.Sub(o.Created)
		rows[slices.IndexFunc(limits, func(l struct {
			key string
			d   time.Duration
		}) bool {
			return waited <= l.d
		})].Count++
	}
	return bars(c.t("figures.to-end"), rows)
}

func (c *call) ends(held []quarantine.Outline) []countRow {
	counts := map[quarantine.Verb]int{}
	open := 0
	for _, o := range held {
		if o.Decision.IsZero() {
			open++
		} else {
			counts[o.Decision.Verb]++
		}
	}
	out := []countRow{{c.t("figures.open"), open}}
	for _, v := range []quarantine.Verb{quarantine.VerbApprove, quarantine.VerbRelease, quarantine.VerbSendFirst, quarantine.VerbReject, quarantine.VerbCancel, quarantine.VerbExpire} {
		out = append(out, countRow{c.t("verb." + string(v)), counts[v]})
	}
	return out
}
