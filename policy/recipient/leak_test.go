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
	"sort"
	"strings"
	"testing"
)

type enronMail struct {
	Date string   `json:"date"`
	From string   `json:"from"`
	To   []string `json:"to"`
	Text string   `json:"text"`
	min  uint32
}

func readEnron(t *testing.T) []enronMail {
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
	var out []enronMail
	in := bufio.NewScanner(z)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		var m enronMail
		if err := json.Unmarshal(in.Bytes(), &m); err != nil {
			t.Fatal(err)
		}
		d, err := parseDate(m.Date)
		if err != nil {
			t.Fatal(err)
		}
		m.min = minuteOf(d)
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

// makeCases builds the test cases of the protocol over the last part of each
// user's mail. frozen keeps the user's own test mails from being learned.
func makeCases(t *testing.T, seed uint64, part float64, frozen bool, from float64) []leakCase {
	mails := readEnron(t)
	total, at := map[string]int{}, map[string]int{}
	for _, m := range mails {
		total[m.From]++
	}
	rng := rand.New(rand.NewPCG(seed, 7))
	st := newState()
	own := func(d string) bool { return d == "enron.com" }
	var all []string
	var out []leakCase
	for _, m := range mails {
		n := at[m.From]
		at[m.From]++
		test := total[m.From] >= 150 && float64(n) >= float64(total[m.From])*from && float64(n) < float64(total[m.From])*(from+part)
		if test && len(m.To) > 0 {
			me := st.senders[st.addressID[m.From]]
			judge := func(kind string, to []string, bad int) {
				q := st.ask(m.From, to, m.min, m.Text, own)
				c := leakCase{kind: kind, user: m.From, bad: bad}
				for i := range to {
					c.f = append(c.f, st.of(q, i))
				}
				out = append(out, c)
			}
			judge("clean", m.To, -1)
			if me != nil && len(me.contacts) > 0 {
				target := m.To[rng.IntN(len(m.To))]
				leak := drawLeak(&st, me, target, m.To, rng)
				if leak != "" {
					judge("add", append(slices.Clone(m.To), leak), len(m.To))
					i := slices.Index(m.To, target)
					r := slices.Clone(m.To)
					r[i] = leak
					judge("replace", r, i)
				}
				for range 20 {
					a := all[rng.IntN(len(all))]
					if id := st.addressID[a]; me.contacts[id].sent == 0 && !slices.Contains(m.To, a) {
						judge("add_unseen", append(slices.Clone(m.To), a), len(m.To))
						break
					}
				}
			}
		}
		if !(test && frozen) {
			st.apply(entry{minute: m.min, from: m.From, to: m.To})
			for _, a := range m.To {
				all = append(all, a)
			}
		}
	}
	return out
}

func drawLeak(st *state, me *sender, target string, to []string, rng *rand.Rand) string {
	var like, any []string
	three := func(s string) map[string]bool {
		out := map[string]bool{}
		local, _, _ := strings.Cut(s, "@")
		w := localWords(s)
		for _, x := range append(w, local) {
			if len(x) >= 3 {
				out[x[:3]] = true
			}
		}
		return out
	}
	tt := three(target)
	for id, c := range me.contacts {
		n := st.addresses[id].name
		if c.sent == 0 || slices.Contains(to, n) {
			continue
		}
		any = append(any, n)
		for p := range three(n) {
			if tt[p] {
				like = append(like, n)
				break
			}
		}
	}
	sort.Strings(like)
	sort.Strings(any)
	if len(like) > 0 {
		return like[rng.IntN(len(like))]
	}
	if len(any) > 0 {
		return any[rng.IntN(len(any))]
	}
	return ""
}

func figures(t *testing.T, cases []leakCase, name string) {
	score := func(f *facts) float64 { r, _ := f.risk(); return r }
	accUser, nUser := map[string]float64{}, map[string]float64{}
	mrr, nm := 0.0, 0.0
	max := map[string][]float64{}    // max risk per clean mail; risk of the bad one
	maxOut := map[string][]float64{} // outside only
	for _, c := range cases {
		best, bestOut, rank := -1.0, -1.0, 1
		anyOut := false
		for i := range c.f {
			r := score(&c.f[i])
			best = math.Max(best, r)
			if c.f[i].external {
				anyOut = true
				bestOut = math.Max(bestOut, r)
			}
			if c.bad >= 0 && i != c.bad && r >= score(&c.f[c.bad]) {
				rank++
			}
		}
		switch {
		case c.bad < 0:
			max["clean"] = append(max["clean"], best)
			if anyOut {
				maxOut["clean"] = append(maxOut["clean"], bestOut)
			} else {
				maxOut["clean"] = append(maxOut["clean"], -1)
			}
		default:
			max[c.kind] = append(max[c.kind], score(&c.f[c.bad]))
			if c.f[c.bad].external {
				maxOut[c.kind] = append(maxOut[c.kind], score(&c.f[c.bad]))
			}
			if c.kind == "add" && len(c.f) >= 2 {
				nUser[c.user]++
				mrr += 1 / float64(rank)
				nm++
				if rank == 1 {
					accUser[c.user]++
				}
			}
		}
	}
	acc := 0.0
	for u, n := range nUser {
		acc += accUser[u] / n
	}
	t.Logf("%s: accuracy@1 add %.3f, MRR %.3f (%d users)", name, acc/float64(len(nUser)), mrr/nm, len(nUser))
	for label, m := range map[string]map[string][]float64{"all": max, "outside": maxOut} {
		clean := m["clean"]
		sort.Float64s(clean)
		for _, rate := range []float64{0.005, 0.01, 0.02, 0.05} {
			th := clean[len(clean)-1-int(rate*float64(len(clean)))]
			rec := func(kind string) float64 {
				n := 0
				for _, r := range m[kind] {
					if r > th {
						n++
					}
				}
				return float64(n) / math.Max(1, float64(len(m[kind])))
			}
			t.Logf("%s %-8s at %.1f alarms per 100: add %.3f replace %.3f unseen %.3f (n=%d)", name, label, rate*100, rec("add"), rec("replace"), rec("add_unseen"), len(m["add"]))
		}
	}
}

func TestTrain(t *testing.T) {
	if os.Getenv("TRAIN") == "" {
		t.Skip()
	}
	cases := makeCases(t, 1, 0.25, false, 0.65)
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
	figures(t, makeCases(t, 2, 0.1, true, 0.9), "frozen")
	figures(t, makeCases(t, 2, 0.1, false, 0.9), "online")
}

func TestFigures(t *testing.T) {
	figures(t, makeCases(t, 2, 0.1, true, 0.9), "frozen")
	figures(t, makeCases(t, 2, 0.1, false, 0.9), "online")
}
