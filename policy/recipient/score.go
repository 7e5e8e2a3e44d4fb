package recipient

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
)

// scoreLine is a line of the measuring protocol.
type scoreLine struct {
	Op   string   `json:"op"`
	Case int      `json:"case"`
	Date string   `json:"date"`
	From string   `json:"from"`
	To   []string `json:"to"`
	Text string   `json:"text"`
}

// scoreAnswer is the answer to a line with op "score".
type scoreAnswer struct {
	Case   int                `json:"case"`
	Risk   map[string]float64 `json:"risk"`
	Reason map[string]string  `json:"reason"`
}

// Score runs the measuring protocol over a history of its own, in memory. A line
// {"op":"learn",...} is a mail that was sent and is learned; a line
// {"op":"score","case":N,...} is judged, learns nothing and is answered by
// {"case":N,"risk":{address:number},"reason":{address:sentence}}, addresses as
// they were written. Own domains are those given, else the ones that at least a
// tenth of the mails came from. A line that cannot be read is an error that names
// its number.
func Score(r io.Reader, w io.Writer, own []string) error {
	sc := newScorer(own)
	out := bufio.NewWriter(w)
	enc := json.NewEncoder(out)
	err := eachLine(r, func(_ int, line []byte) error {
		var l scoreLine
		if err := json.Unmarshal(line, &l); err != nil {
			return jsonError(err)
		}
		minute, err := l.minute()
		if err != nil {
			return err
		}
		switch l.Op {
		case "learn":
			sc.learn(l, minute)
			return nil
		case "score":
			if err := enc.Encode(sc.judge(l, minute)); err != nil {
				return fmt.Errorf("write answer: %w", err)
			}
			return nil
		}
		return errors.New(`field "op": learn or score is expected`)
	})
	if ferr := out.Flush(); err == nil && ferr != nil {
		err = fmt.Errorf("write answers: %w", ferr)
	}
	return err
}

func (l scoreLine) minute() (uint32, error) {
	t, err := parseDate(l.Date)
	if err != nil {
		return 0, err
	}
	return minuteOf(t), nil
}

// ownShare is the share of all mails from which a sender's domain counts as our
// own when none was given: a history may hold mail from outside.
const ownShare = 0.1

type scorer struct {
	state state
	given map[string]bool
	sent  map[string]int // mails by the sender's domain
	mails int
}

func newScorer(own []string) *scorer {
	sc := &scorer{state: newState(), given: map[string]bool{}, sent: map[string]int{}}
	for _, d := range own {
		sc.given[asciiDomain(strings.TrimSpace(d))] = true
	}
	return sc
}

func (sc *scorer) ownDomain(domain string) bool {
	if len(sc.given) > 0 {
		return sc.given[domain]
	}
	return float64(sc.sent[domain]) >= ownShare*float64(max(1, sc.mails))
}

// key takes addresses as they come: measuring data holds some that no mail
// server would take.
func key(address string) string {
	k := strings.ToLower(strings.TrimSpace(address))
	return k[:min(len(k), maxName)]
}

func (sc *scorer) learn(l scoreLine, minute uint32) {
	e := entry{minute: minute, from: key(l.From)}
	seen := map[string]bool{}
	for _, a := range l.To {
		if k := key(a); k != "" && !seen[k] && len(e.to) < lineCap {
			seen[k] = true
			e.to = append(e.to, k)
		}
	}
	if e.from != "" {
		sc.sent[domainOf(e.from)]++
		sc.mails++
	}
	sc.state.apply(e)
}

func (sc *scorer) judge(l scoreLine, minute uint32) scoreAnswer {
	a := scoreAnswer{Case: l.Case, Risk: map[string]float64{}, Reason: map[string]string{}}
	at := map[string]int{}
	var to []string
	for _, r := range l.To {
		if k := key(r); k != "" {
			if _, ok := at[k]; !ok {
				at[k] = len(to)
				to = append(to, k)
			}
		}
	}
	q := sc.state.ask(key(l.From), to, minute, l.Text, sc.ownDomain)
	for _, r := range l.To {
		i, ok := at[key(r)]
		if !ok {
			continue
		}
		f := sc.state.of(q, i)
		risk, reason := f.risk()
		a.Risk[r] = math.Round(risk*1e6) / 1e6
		a.Reason[r] = reason.EN
	}
	return a
}
