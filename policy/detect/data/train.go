//go:build ignore

// Command train makes given.bin.gz, the weights that tell a given name in kanji
// that no dictionary has (陽葵, 煌大) from other words by its characters: a logistic
// regression on where each character stands. It learns from IPADIC (NAIST
// licence, see NOTICE.ipadic), its given names against its other nouns, and
// against what is left of nouns that begin like a family name, and from
// recent.txt (the project's own list).
//
// Run in this folder, with the files that build.go tells of:
//
//	go run train.go /tmp/names.csv /tmp/nouns.csv
//
// given.bin.gz: for each kanji two bytes of its code point and four weights, in
// sixteenths: first of more, last of more, between, alone. notgiven.txt.gz: the
// other words that these weights take for names.
package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"log"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
)

type example struct {
	word   []rune
	isName bool
	weight float64
}

// model has a weight per character and place; the last character of the table
// (0) holds what a word of each length begins with.
type model map[rune]*[4]float64

const (
	placeFirst = iota
	placeLast
	placeMiddle
	placeAlone
)

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: train NAMES.csv NOUNS.csv")
	}
	all := examples(os.Args[1], os.Args[2])
	r := rand.New(rand.NewPCG(1, 2))
	r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	held := all[:len(all)/10]
	report(train(all[len(all)/10:], r), held)
	m := train(all, r)
	write(m)
	exceptions(m, all)
}

// exceptions writes notgiven.txt.gz: the other words that the weights take for
// names, down to the score that is enough behind a family name and a space.
func exceptions(m model, all []example) {
	var out []string
	for _, e := range all {
		if !e.isName && m.score(e.word) > -1.1 {
			out = append(out, string(e.word))
		}
	}
	slices.Sort(out)
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
	fmt.Fprintln(z, strings.Join(out, "\n"))
	if err := z.Close(); err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile("notgiven.txt.gz", b.Bytes(), 0o644); err != nil {
		log.Fatal(err)
	}
}

func examples(names, nouns string) []example {
	family, given := map[string]bool{}, map[string]bool{}
	lines(names, func(f []string) {
		switch {
		case f[6] != "人名":
		case f[7] == "姓":
			family[f[0]] = true
		case f[7] == "名" && kanji(f[0]):
			given[f[0]] = true
		}
	})
	recent := recentNames()
	others := map[string]float64{}
	lines(nouns, func(f []string) {
		r := []rune(f[0])
		if !kanji(f[0]) || len(r) > 5 {
			return
		}
		if len(r) <= 3 && !given[f[0]] && !recent[f[0]] {
			others[f[0]] = max(others[f[0]], 1)
		}
		for i := 1; i < len(r); i++ {
			if tail := string(r[i:]); family[string(r[:i])] && len(r)-i <= 3 && !given[tail] && !recent[tail] {
				others[tail] = max(others[tail], 2)
			}
		}
	})
	var out []example
	for w := range given {
		if len([]rune(w)) <= 3 {
			out = append(out, example{[]rune(w), true, 1})
		}
	}
	for w := range recent {
		if len([]rune(w)) <= 3 {
			out = append(out, example{[]rune(w), true, 3})
		}
	}
	for w, weight := range others {
		out = append(out, example{[]rune(w), false, weight / 2})
	}
	slices.SortFunc(out, func(a, b example) int { return strings.Compare(string(a.word), string(b.word)) })
	return out
}

// recentNames are the given names in kanji of recent.txt; the younger bearers are
// more numerous, so each of them weighs more than one of IPADIC's.
func recentNames() map[string]bool {
	text, err := os.ReadFile("recent.txt")
	if err != nil {
		log.Fatal(err)
	}
	list, _, _ := strings.Cut(string(text), "\nfamily\n")
	out := map[string]bool{}
	for w := range strings.FieldsSeq(list) {
		if written, _, ok := strings.Cut(w, ":"); ok && kanji(written) {
			out[written] = true
		}
	}
	return out
}

func lines(path string, f func([]string)) {
	file, err := os.Open(path)
	if err != nil {
		log.Fatal(err)
	}
	defer file.Close()
	sc := bufio.NewScanner(file)
	for sc.Scan() {
		if fields := strings.Split(sc.Text(), ","); len(fields) >= 8 {
			f(fields)
		}
	}
	if err := sc.Err(); err != nil {
		log.Fatal(err)
	}
}

func kanji(s string) bool {
	for _, c := range s {
		if (c < 0x4e00 || c > 0x9fff) && c != '々' {
			return false
		}
	}
	return s != ""
}

func place(i, n int) int {
	switch {
	case n == 1:
		return placeAlone
	case i == 0:
		return placeFirst
	case i == n-1:
		return placeLast
	}
	return placeMiddle
}

// score sums the weights of a word: a character counts at its place, and half of
// what it counts at the other places of longer words, which helps where it is rare.
func (m model) score(w []rune) float64 {
	sum := 0.0
	if b := m[0]; b != nil {
		sum = b[min(len(w), 3)]
	}
	for i, c := range w {
		if t := m[c]; t != nil {
			sum += t[place(i, len(w))]
		}
	}
	return sum
}

func train(all []example, r *rand.Rand) model {
	m := model{0: {}}
	for _, e := range all {
		for _, c := range e.word {
			if m[c] == nil {
				m[c] = &[4]float64{}
			}
		}
	}
	const rounds, decay = 30, 2e-4
	for n := range rounds {
		rate := 0.3 / (1 + float64(n)/5)
		r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		for _, e := range all {
			p := 1 / (1 + math.Exp(-m.score(e.word)))
			step := rate * e.weight * (b2f(e.isName) - p)
			m[0][min(len(e.word), 3)] += step / 10
			for i, c := range e.word {
				t, at := m[c], place(i, len(e.word))
				for k := range t {
					t[k] -= rate * decay * t[k]
				}
				t[at] += step
				if len(e.word) == 1 {
					continue
				}
				for k := placeFirst; k <= placeMiddle; k++ {
					if k != at {
						t[k] += step / 3 // the same character elsewhere in a name
					}
				}
				t[placeAlone] += step / 6
			}
		}
	}
	return m
}

func b2f(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// report prints how many names and other words of the held-out tenth lie above
// each threshold.
func report(m model, held []example) {
	for n := 1; n <= 3; n++ {
		for _, t := range []float64{-1, 0, 0.5, 1, 1.5, 2, 3} {
			var names, above, others, wrong int
			for _, e := range held {
				if len(e.word) != n {
					continue
				}
				s := m.score(e.word)
				if e.isName {
					names++
					above += int(b2f(s > t))
				} else {
					others++
					wrong += int(b2f(s > t))
				}
			}
			fmt.Printf("%d kanji, above %4.1f: %d of %d names, %d of %d other words\n", n, t, above, names, wrong, others)
		}
	}
}

func write(m model) {
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
	var chars []rune
	for c := range m {
		chars = append(chars, c)
	}
	slices.Sort(chars)
	for _, c := range chars {
		row := []byte{byte(c >> 8), byte(c)}
		for _, w := range m[c] {
			row = append(row, byte(int8(math.Round(max(-127, min(127, 16*w))))))
		}
		if _, err := z.Write(row); err != nil {
			log.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile("given.bin.gz", b.Bytes(), 0o644); err != nil {
		log.Fatal(err)
	}
	for w := range strings.FieldsSeq(os.Getenv("SHOW")) {
		fmt.Printf("%s %.1f\n", w, m.score([]rune(w)))
	}
}
