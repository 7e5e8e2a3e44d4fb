package recipient

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// oldMail is a line of the measuring data. Its text is never printed.
type oldMail struct {
	Date string   `json:"date"`
	From string   `json:"from"`
	To   []string `json:"to"`
	Text string   `json:"text"`
	at   uint32   // minutes since 1970
}

func readOldMail(t *testing.T) []oldMail {
	t.Helper()
	f, err := os.Open(filepath.Join(sampleDir, "enron_dev.jsonl.gz"))
	if err != nil {
		t.Skip("the measuring data is not here")
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var out []oldMail
	in := bufio.NewScanner(z)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		var m oldMail
		if err := json.Unmarshal(in.Bytes(), &m); err != nil {
			t.Fatal(err)
		}
		d, err := parseDate(m.Date)
		if err != nil {
			t.Fatal(err)
		}
		m.at = minuteOf(d)
		m.From = key(m.From)
		var to []string
		for _, a := range m.To {
			if k := key(a); !slices.Contains(to, k) {
				to = append(to, k)
			}
		}
		m.To = to
		out = append(out, m)
	}
	return out
}

// leakCase is a judged mail: the facts of each recipient and which was wrong.
type leakCase struct {
	kind string
	user string
	f    []facts
	bad  int // -1: clean
}

// makeCases builds the test cases of the protocol over a part of each busy
// sender's mail, which begins at from (both are shares of 1). frozen keeps the
// sender's own test mails from being learned.
func makeCases(mails []oldMail, seed uint64, from, part float64, frozen bool) []leakCase {
	total, at := map[string]float64{}, map[string]float64{}
	for _, m := range mails {
		total[m.From]++
	}
	l := leaker{rng: rand.New(rand.NewPCG(seed, 7)), state: newState()}
	for _, m := range mails {
		n, all := at[m.From], total[m.From]
		at[m.From]++
		test := all >= 150 && n >= all*from && n < all*(from+part)
		if test && len(m.To) > 0 {
			l.cases(m)
		}
		if !test || !frozen {
			l.state.apply(entry{minute: m.at, from: m.From, to: m.To})
			l.everybody = append(l.everybody, m.To...)
		}
	}
	return l.out
}

// leaker makes wrong recipients up.
type leaker struct {
	rng       *rand.Rand
	state     state
	everybody []string
	out       []leakCase
}

func (l *leaker) judge(m oldMail, kind string, to []string, bad int) {
	q := l.state.ask(m.From, to, m.at, m.Text, func(d string) bool { return d == "enron.com" })
	c := leakCase{kind: kind, user: m.From, bad: bad}
	for i := range to {
		c.f = append(c.f, l.state.of(q, i))
	}
	l.out = append(l.out, c)
}

func (l *leaker) cases(m oldMail) {
	l.judge(m, "clean", m.To, -1)
	me := l.state.senders[l.state.addressID[m.From]]
	if me == nil || len(me.contacts) == 0 {
		return
	}
	target := l.rng.IntN(len(m.To))
	if leak := l.draw(me, m.To[target], m.To); leak != "" {
		l.judge(m, "add", append(slices.Clone(m.To), leak), len(m.To))
		exchanged := slices.Clone(m.To)
		exchanged[target] = leak
		l.judge(m, "replace", exchanged, target)
	}
	for range 20 {
		a := l.everybody[l.rng.IntN(len(l.everybody))]
		if me.contacts[l.state.addressID[a]].sent == 0 && !slices.Contains(m.To, a) {
			l.judge(m, "add_unseen", append(slices.Clone(m.To), a), len(m.To))
			return
		}
	}
}

// draw takes an earlier recipient that shares the first three letters of
// address or name with the target, else any.
func (l *leaker) draw(me *sender, target string, to []string) string {
	wanted := firstThrees(target)
	var like, others []string
	for id, c := range me.contacts {
		n := l.state.addresses[id].name
		if c.sent == 0 || slices.Contains(to, n) {
			continue
		}
		others = append(others, n)
		if slices.ContainsFunc(firstThrees(n), func(p string) bool { return slices.Contains(wanted, p) }) {
			like = append(like, n)
		}
	}
	for _, list := range [][]string{like, others} {
		if len(list) > 0 {
			slices.Sort(list)
			return list[l.rng.IntN(len(list))]
		}
	}
	return ""
}

func firstThrees(address string) []string {
	local, _, _ := strings.Cut(address, "@")
	var out []string
	for _, w := range append(localWords(address), local) {
		if len(w) >= 3 {
			out = append(out, w[:3])
		}
	}
	return out
}

// measured are the figures of a run: recalls in the order add, replace,
// add_unseen at one alarm per 100 clean mails, outside recipients only.
type measured struct {
	accuracy, rank float64
	outside        [3]float64
}

var leakKinds = [3]string{"add", "replace", "add_unseen"}

// measure prints and returns the figures of the protocol.
func measure(t *testing.T, name string, cases []leakCase) measured {
	t.Helper()
	hits, mails := map[string]float64{}, map[string]float64{}
	ranks, ranked := 0.0, 0.0
	all, outside := map[string][]float64{}, map[string][]float64{}
	for _, c := range cases {
		highest, highestOutside, rank := -1.0, -1.0, 1
		wrong := -1.0
		if c.bad >= 0 {
			wrong, _ = c.f[c.bad].risk()
		}
		for i := range c.f {
			r, _ := c.f[i].risk()
			highest = max(highest, r)
			if c.f[i].external {
				highestOutside = max(highestOutside, r)
			}
			if i != c.bad && r >= wrong {
				rank++
			}
		}
		if c.bad < 0 {
			all["clean"], outside["clean"] = append(all["clean"], highest), append(outside["clean"], highestOutside)
			continue
		}
		all[c.kind] = append(all[c.kind], wrong)
		if c.f[c.bad].external {
			outside[c.kind] = append(outside[c.kind], wrong)
		}
		if c.kind == "add" {
			mails[c.user]++
			ranks, ranked = ranks+1/float64(rank), ranked+1
			if rank == 1 {
				hits[c.user]++
			}
		}
	}
	m := measured{rank: ranks / ranked}
	for u, n := range mails {
		m.accuracy += hits[u] / n / float64(len(mails))
	}
	t.Logf("%s: accuracy@1 add %.3f, MRR %.3f, %d users", name, m.accuracy, m.rank, len(mails))
	recalls(t, name+", everybody", all)
	m.outside = recalls(t, name+", outside  ", outside)
	return m
}

// recalls prints the recall at each alarm rate and returns that at 1 in 100.
func recalls(t *testing.T, name string, risks map[string][]float64) (at1 [3]float64) {
	t.Helper()
	clean := risks["clean"]
	slices.Sort(clean)
	for _, rate := range []float64{0.5, 1, 2, 5} {
		alarm := clean[len(clean)-1-int(rate/100*float64(len(clean)))]
		var found [3]float64
		for k, kind := range leakKinds {
			for _, r := range risks[kind] {
				if r > alarm {
					found[k] += 1 / float64(len(risks[kind]))
				}
			}
		}
		t.Logf("%s, %.1f alarms per 100: added %.3f exchanged %.3f unknown %.3f (%d leaks)", name, rate, found[0], found[1], found[2], len(risks["add"]))
		if rate == 1 {
			at1 = found
		}
	}
	return at1
}

// TestLeakFigures prints what the shipped weights reach on the last tenth of
// each sender's mail, and keeps it from sliding.
func TestLeakFigures(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 45,000 mails")
	}
	mails := readOldMail(t)
	frozen := measure(t, "frozen", makeCases(mails, 2, 0.9, 0.1, true))
	online := measure(t, "online", makeCases(mails, 2, 0.9, 0.1, false))
	for i := range mails {
		mails[i].Text = ""
	}
	measure(t, "online, headers only", makeCases(mails, 2, 0.9, 0.1, false))
	if frozen.accuracy < 0.875 || online.accuracy < 0.90 || online.outside[0] < 0.85 {
		t.Errorf("frozen %+v, online %+v", frozen, online)
	}
}

// TestFitWeights fits the weights of the signals to the mail before the tested
// tenth and prints them, when SEKISHO_FIT is set. It changes the table in memory
// only; who runs it copies the figures.
func TestFitWeights(t *testing.T) {
	if os.Getenv("SEKISHO_FIT") == "" {
		t.Skip("set SEKISHO_FIT=1 to fit the weights anew")
	}
	mails := readOldMail(t)
	cases := makeCases(mails, 1, 0.65, 0.25, false)
	type row struct {
		x []float64
		y float64
		w float64
	}
	var rows []row
	for _, c := range cases {
		for i := range c.f {
			r := row{w: 1}
			for _, s := range signals {
				r.x = append(r.x, s.value(&c.f[i]))
			}
			if i == c.bad {
				r.y = 1
			} else if c.bad >= 0 {
				r.w = 1 / float64(len(c.f))
			} else {
				r.w = 2 / math.Sqrt(float64(len(c.f)))
			}
			if c.kind == "add_unseen" {
				r.w *= 0.5
			}
			rows = append(rows, r)
		}
	}
	t.Logf("%d cases %d rows", len(cases), len(rows))
	k := len(signals)
	w := make([]float64, k+1)
	m, v := make([]float64, k+1), make([]float64, k+1)
	g := make([]float64, k+1)
	for it := 1; it <= 300; it++ {
		clear(g)
		tw := 0.0
		for _, r := range rows {
			z := w[k]
			for j, x := range r.x {
				z += w[j] * x
			}
			e := (1/(1+math.Exp(-z)) - r.y) * r.w
			tw += r.w
			for j, x := range r.x {
				g[j] += e * x
			}
			g[k] += e
		}
		for j := range w {
			gr := g[j]/tw + 1e-5*w[j]
			m[j] = 0.9*m[j] + 0.1*gr
			v[j] = 0.999*v[j] + 0.001*gr*gr
			w[j] -= 0.05 * (m[j] / (1 - math.Pow(0.9, float64(it)))) / (math.Sqrt(v[j]/(1-math.Pow(0.999, float64(it)))) + 1e-8)
		}
	}
	for j, s := range signals {
		t.Logf("%-16s %.2f -> %.3f", s.name, s.weight, w[j])
		signals[j].weight = w[j]
	}
	t.Logf("bias %.3f", w[k])
	measure(t, "frozen", makeCases(mails, 2, 0.9, 0.1, true))
	measure(t, "online", makeCases(mails, 2, 0.9, 0.1, false))
}
