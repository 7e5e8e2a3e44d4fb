package web

import (
	"slices"
	"strings"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/detect"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// CardView is the evidence of one rule.
type CardView struct {
	Rule, Title string
	// Monitor: the rule only reports.
	Monitor bool
	Action  string
	// Note tells a rule that fired because something could not be found out, or
	// that could not be evaluated; "" otherwise.
	Note    string
	Reasons []string
	Places  []PlaceView
	// Duty is shown where the findings cause it.
	Duty []string
	// Recipients are those the rule acts on, when it is not all.
	Recipients []string
	More       int
}

// PlaceView is where in a mail something stands.
type PlaceView struct {
	// Where is the file or "text of the mail"; Part is its path.
	Where, Part string
	// Columns are the kinds of data found there, with their column's heading
	// where there is one.
	Columns []ColumnView
	// Rows are up to three records, masked.
	Rows []RowView
	// More is how many further values were found.
	More int
	Why  string
}

// ColumnView is a kind of data and how often it was found.
type ColumnView struct {
	Type    string
	Name    string
	Heading string
	Count   int
}

// RowView is one record; Cells stand in the order of Columns, "" where a record
// has none.
type RowView struct {
	Where string
	Cells []string
}

// Bounds of what a card shows.
const (
	maxRows    = 3
	maxColumns = 8
	maxPlaces  = 6
)

// cards are the rules that fired; those that acted come first. A finding is
// shown on the first card whose rule looked at it.
func (r reader) cards(h *quarantine.Hold) []CardView {
	fired := slices.Clone(h.Verdict.Fired)
	slices.SortStableFunc(fired, func(a, b policy.Fired) int {
		switch {
		case a.Monitor == b.Monitor:
			return 0
		case a.Monitor:
			return 1
		}
		return -1
	})
	shown := map[int]bool{}
	var out []CardView
	for _, f := range fired {
		card := CardView{Rule: f.Name, Title: f.Title.In(r.lang), Monitor: f.Monitor, Action: r.t("action." + f.Action.String())}
		if card.Title == "" {
			card.Title = f.Name
		}
		switch {
		case f.Failed:
			card.Note = r.t("card.failed")
		case f.Unknown:
			card.Note = r.t("card.unknown")
		}
		for _, reason := range f.Reasons {
			card.Reasons = append(card.Reasons, reason.In(r.lang))
		}
		card.Places = r.places(h, r.evidenceOf(h, f, shown))
		if len(card.Places) > maxPlaces {
			card.More = len(card.Places) - maxPlaces
			card.Places = card.Places[:maxPlaces]
		}
		if len(card.Places) > 0 && !f.Monitor {
			for _, d := range h.Facts.Duty {
				card.Duty = append(card.Duty, r.or("duty."+string(d), string(d)))
			}
		}
		card.Recipients = appliesTo(h, f)
		out = append(out, card)
	}
	return out
}

// appliesTo are the few recipients a rule acts on, nil when these are all or many.
func appliesTo(h *quarantine.Hold, f policy.Fired) []string {
	if n := len(f.AppliesTo); n > 3 || n >= len(h.Facts.Recipients) {
		return nil
	}
	var out []string
	for _, a := range f.AppliesTo {
		out = append(out, a.String())
	}
	return out
}

// evidenceOf are the findings a card shows: those the rule looked at and their
// like in the same part.
func (r reader) evidenceOf(h *quarantine.Hold, f policy.Fired, shown map[int]bool) []policy.Finding {
	var out []policy.Finding
	take := func(i int) {
		if i >= 0 && i < len(h.Facts.Findings) && !shown[i] {
			shown[i] = true
			out = append(out, h.Facts.Findings[i])
		}
	}
	type kind struct{ typ, part string }
	like := map[kind]bool{}
	for _, i := range f.Findings {
		if i >= 0 && i < len(h.Facts.Findings) {
			like[kind{h.Facts.Findings[i].Type, h.Facts.Findings[i].Place.Part}] = true
		}
	}
	for i, finding := range h.Facts.Findings {
		if like[kind{finding.Type, finding.Place.Part}] {
			take(i)
		}
	}
	return out
}

// places groups findings by part, then by record.
func (r reader) places(h *quarantine.Hold, findings []policy.Finding) []PlaceView {
	var order []string
	byPart, values := map[string][]policy.Finding{}, map[string]int{}
	for _, f := range findings {
		if f.NotChecked {
			continue
		}
		if _, ok := byPart[f.Place.Part]; !ok {
			order = append(order, f.Place.Part)
		}
		byPart[f.Place.Part] = append(byPart[f.Place.Part], f)
		values[f.Place.Part] += max(1, f.Count)
	}
	// The place with the most stands first, the header last: everybody sees that.
	slices.SortStableFunc(order, func(a, b string) int {
		if header := "0/h"; (a == header) != (b == header) {
			return map[bool]int{true: 1, false: -1}[a == header]
		}
		return values[b] - values[a]
	})
	onlyBusiness := func(part string) bool {
		return !slices.ContainsFunc(byPart[part], func(f policy.Finding) bool { return f.Type != businessContact })
	}
	if !onlyBusiness(order0(order)) {
		order = slices.DeleteFunc(order, onlyBusiness)
	}
	out := make([]PlaceView, 0, len(order))
	for _, part := range order {
		out = append(out, r.place(h, part, byPart[part]))
	}
	return out
}

func order0(order []string) string {
	if len(order) == 0 {
		return ""
	}
	return order[0]
}

func (r reader) place(h *quarantine.Hold, part string, findings []policy.Finding) PlaceView {
	p := PlaceView{Part: part, Where: r.partName(h, part)}
	total, shown := 0, 0
	index := map[string]int{}
	slices.SortStableFunc(findings, func(a, b policy.Finding) int { // what is nobody's secret comes last
		return map[bool]int{true: 1}[a.Type == businessContact] - map[bool]int{true: 1}[b.Type == businessContact]
	})
	for _, f := range findings {
		total += max(1, f.Count)
		key := r.typeName(f)
		i, ok := index[key]
		if !ok {
			i = len(p.Columns)
			index[key] = i
			p.Columns = append(p.Columns, ColumnView{Type: f.Type, Name: key, Heading: heading(f)})
		}
		p.Columns[i].Count += max(1, f.Count)
	}
	if len(p.Columns) > maxColumns {
		p.Columns = p.Columns[:maxColumns]
	}
	rows := map[string]int{}
	for _, f := range findings {
		i := index[r.typeName(f)]
		sample := f.Masked.String()
		if i >= maxColumns || sample == "" {
			continue
		}
		where := r.rowName(strings.TrimPrefix(f.Place.Where, p.Where+" / "))
		n, ok := rows[where]
		if ok && p.Rows[n].Cells[i] != "" { // text without rows: each value its own line
			ok = false
		}
		if !ok {
			if len(p.Rows) >= maxRows {
				continue
			}
			n = len(p.Rows)
			rows[where] = n
			p.Rows = append(p.Rows, RowView{Where: where, Cells: make([]string, len(p.Columns))})
		}
		p.Rows[n].Cells[i] = sample
		shown++
	}
	p.More = max(0, total-shown)
	if len(findings) > 0 {
		p.Why = findings[0].Reason.In(r.lang)
	}
	return p
}

// partName is the place as a person would call it.
func (r reader) partName(h *quarantine.Hold, path string) string {
	if path == "0/h" {
		return r.t("part.header")
	}
	for _, p := range h.Facts.Parts {
		if p.Path != path {
			continue
		}
		switch {
		case p.Where == "body", p.Where == "header":
			return r.t("part." + p.Where)
		case p.Where != "":
			return p.Where
		case p.Name != "":
			return p.Name
		}
	}
	return r.t("part.body")
}

// rowName is the end of a place, behind the part's name: page, sheet and row.
func (r reader) rowName(where string) string {
	var out []string
	for i, s := range strings.Split(where, " / ") {
		if i == 0 && (s == "body" || s == "header") { // the part says so
			continue
		}
		word, rest, ok := strings.Cut(strings.Replace(s, "hidden sheet ", "hidden_sheet ", 1), " ")
		if ok && (word == "hidden_sheet" || word == "row" || word == "page" || word == "sheet" || word == "slide" || word == "line") {
			out = append(out, r.t("place."+word, "n", strings.Trim(rest, `"`)))
		} else if t, ok := policy.PlaceStep(s); ok {
			out = append(out, t.In(r.lang))
		}
	}
	return strings.Join(out, " ")
}

// businessContact is a company's contact, which detectors tell from a person's.
const businessContact = "business_contact"

// typeName is the kind of data in words.
func (r reader) typeName(f policy.Finding) string {
	if name := r.or("finding."+f.Type+"."+f.Subtype, ""); name != "" {
		return name
	}
	for _, t := range detect.Types() {
		if t.Name == f.Type {
			return t.Title.In(r.lang)
		}
	}
	return f.Type
}

// heading is the column's heading out of the reason, where the detector names it.
func heading(f policy.Finding) string {
	_, rest, ok := strings.Cut(f.Reason.JA, "列名が「")
	if !ok {
		return ""
	}
	name, _, ok := strings.Cut(rest, "」")
	if !ok {
		return ""
	}
	return clip(name, 30)
}
