package extract

import (
	"context"
	"math/rand/v2"
	"testing"
)

// TestMutantsNeverPanic cuts and changes every sample and asserts that our own
// parsers neither panic nor give back anything out of range. Foreign parsers may
// panic: those formats are guarded.
func TestMutantsNeverPanic(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	rounds := 20
	if testing.Short() {
		rounds = 5
	}
	for _, s := range testdataIndex(t) {
		data := seed(t, s.file)
		if len(data) > 50_000 {
			continue
		}
		for range rounds {
			m := mutate(rnd, data)
			x := &Extractor{Limits: smallLimits(), Mail: openTestMail, PDF: testPDF()}
			res := x.Extract(context.Background(), File{Path: "0", Name: s.file, Data: m})
			checkResult(t, res)
			for _, p := range res.Parts {
				if p.Problem == "unreadable" && p.Type != "application/x-7z-compressed" {
					t.Fatalf("%s: the reader of %s broke down", s.file, p.Type)
				}
			}
		}
	}
}

func mutate(rnd *rand.Rand, data []byte) []byte {
	m := append([]byte(nil), data...)
	if rnd.IntN(3) == 0 {
		m = m[:rnd.IntN(len(m)+1)]
	}
	for range rnd.IntN(20) {
		if len(m) > 0 {
			m[rnd.IntN(len(m))] = byte(rnd.Uint32())
		}
	}
	return m
}
