package detect

import (
	"context"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/sekisho-mail/sekisho/policy"
)

const standingFile = "data/standing.bin"

// standingSets are the parts of the sealed set from which the model of standing learns, with how much a value
// counts: those that were written document by document are few and unlike each other.
var standingSets = []struct {
	part   string
	weight float64
}{
	{"learned", 1}, {"blind", 1}, {"files", 1}, {"late", 1}, {"second-a", 1}, {"second-b", 1}, {"third", 1}, {"fourth", 1}, {"fifth", 1},
	{"sixth", 2}, {"seventh", 2}, {"eighth", 2},
}

// standingExample is a labelled value: its traits, and whether it is a private person's.
type standingExample struct {
	traits  []uint16
	private bool
	weight  float64
	hit     hit
	doc     *labelled
}

// standingExamples are the values in the running text of a document that the model may be asked about, but for how
// the rules decide on them.
func standingExamples(d *Detector, g *labelled, weight float64, told func(string) float64) (out []standingExample) {
	if g.Kind == "attachment_csv" {
		return nil
	}
	c := contentOf(*g)
	x := d.exam(Context{})
	x.know()
	var hits []hit
	x.report, x.flow = reporter{x: x, c: &c}, flow{x: x}
	x.content(context.Background(), &c, &hits)
	hits = slices.DeleteFunc(hits, func(h hit) bool { return h.in.table >= 0 }) // which are told before
	for i := range hits {
		if h := &hits[i]; h.why&whyWork != 0 { // what the last model said
			h.why &^= whyWork
			h.business = false
		}
	}
	s := standing{text: c.Text, hits: hits, body: c.Kind == policy.BodyText, d: d, named: map[string]bool{}}
	s.read()
	if len(s.lines) == 0 {
		return nil
	}
	s.facts()
	s.homes()
	for i := range hits {
		h := &hits[i]
		if h.kind != personName && h.kind != phone && h.kind != mailAddress {
			continue
		}
		n := s.line(h.start)
		w := weight
		if told != nil { // the same words around a value count less each time
			left, right := s.masked(i, max(s.lines[n].start, h.start-24), h.start), s.masked(i, h.end, max(h.end, min(s.lines[n].end, h.end+24)))
			w *= told(string(rune(traitKind(h))) + left + "|" + right)
		}
		out = append(out, standingExample{s.traits(i, nil), privateLabel(g, c.Text, h), w, *h, g})
	}
	return out
}

// privateLabel tells that a label says of a hit what it is; all others are business contacts or nothing.
func privateLabel(g *labelled, text string, h *hit) bool {
	start, end := utf8.RuneCountInString(text[:h.start]), utf8.RuneCountInString(text[:h.end])
	for _, l := range g.Labels {
		if l.Type == h.kind.name && l.Start < end && start < l.End {
			return true
		}
	}
	return false
}

// learnStanding makes the weights: a logistic regression, in steps that become smaller the more a trait has moved.
func learnStanding(examples []standingExample) []byte {
	const rounds, step, decay = 8, 0.15, 0.001
	weights, moved := make([]float64, 1<<traitBits), make([]float64, 1<<traitBits)
	order := rand.New(rand.NewPCG(1, 2))
	for range rounds {
		order.Shuffle(len(examples), func(a, b int) { examples[a], examples[b] = examples[b], examples[a] })
		for i := range examples {
			e := &examples[i]
			sum := 0.0
			for _, t := range e.traits {
				sum += weights[t]
			}
			miss := (1/(1+math.Exp(-sum)) - float64(b2i(e.private))) * e.weight
			for _, t := range e.traits {
				slope := miss + decay*weights[t]
				moved[t] += slope * slope
				weights[t] -= step * slope / math.Sqrt(1+moved[t])
			}
		}
	}
	out := make([]byte, len(weights))
	for i, w := range weights {
		out[i] = byte(int8(max(-127, min(127, math.Round(16*w)))))
	}
	return out
}

// traitSum is a hash of the traits of a small text whose lines, words and hits are made by hand, so that it
// depends on what a trait is and not on the rules; the file has it behind the weights.
func traitSum() []byte {
	text := "株式会社 青葉\n営業部 佐藤 花子様 090-0000-0012\n\n娘の 鈴木です。MAIL a@example.com 〒100-0001"
	spans := func(of *kind, value string) hit {
		start := strings.Index(text, value)
		return hit{kind: of, in: &source{table: -1, label: "氏名"}, start: start, end: start + len(value), norm: value}
	}
	s := standing{text: text, blocks: make([]blockStanding, 2)}
	s.hits = []hit{spans(personName, "佐藤 花子"), spans(phone, "090-0000-0012"), spans(personName, "鈴木"), spans(mailAddress, "a@example.com"), spans(postalCode, "100-0001")}
	s.hits[0].why, s.hits[1].why, s.hits[2].why = whyHonorific|whyLabel, whyRecord, whyProse
	s.hits[1].subtype, s.hits[2].subtype = "mobile", "surname"
	s.blocks[0].work, s.blocks[1].private = 2, 3
	at := 0
	for line := range strings.Lines(text) {
		n := len(s.lines)
		s.lines = append(s.lines, standingLine{start: at, end: at + len(strings.TrimSuffix(line, "\n")), low: lower(foldCell(strings.TrimSuffix(line, "\n"))), private: int8(n), work: int8(3 - n), block: int32(n / 2)})
		at += len(line)
	}
	sum := fnv.New32a()
	for i := range s.hits {
		for _, n := range s.traits(i, nil) {
			sum.Write([]byte{byte(n), byte(n >> 8)})
		}
	}
	return sum.Sum(nil)
}

// TestStandingTraits asks whether the weights were learned for the traits of today.
func TestStandingTraits(t *testing.T) {
	if len(standingData) < 1<<traitBits || standingData[1<<traitBits:] != string(traitSum()) {
		t.Error("the traits of standingmodel.go are others than those its weights were learned for; run: go test ./policy/detect -run TestStandingModel -update")
	}
}

// TestStandingModel learns the weights of standing from the sealed sets, with -update; without, it
// asks whether they still tell those sets apart, since every change of the rules moves the traits a little.
func TestStandingModel(t *testing.T) {
	if testing.Short() {
		t.Skip("a short run does not read the sealed sets")
	}
	d := usual()
	times := map[string]int{}
	var examples []standingExample
	for _, set := range standingSets {
		for _, g := range sealedDocuments(t, set.part) {
			examples = append(examples, standingExamples(d, &g, set.weight, func(around string) float64 {
				times[around]++
				return 1 / math.Sqrt(float64(times[around]))
			})...)
		}
	}
	weights := []byte(standingData)
	if *update {
		weights = append(learnStanding(examples), traitSum()...)
		if err := os.WriteFile(standingFile, weights, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	wrong := 0
	for i := range examples {
		e := &examples[i]
		sum := 0
		for _, n := range e.traits {
			sum += int(int8(weights[n]))
		}
		wrong += b2i(sum > 0 != e.private)
	}
	if wrong*100 > 3*len(examples) {
		t.Errorf("%d of %d values are told wrongly; run: go test ./policy/detect -run TestStandingModel -update", wrong, len(examples))
	}
	t.Logf("%d of %d values are told wrongly", wrong, len(examples))
}
