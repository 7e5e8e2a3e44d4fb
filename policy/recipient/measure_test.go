package recipient

import (
	"bufio"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// sampleDir holds measuring data that is not part of the repository.
const sampleDir = "../../../shared/samples/recipients"

type labelled struct {
	typed, known, kind string
	slip               bool
	risk               float64
}

func readPairs(t *testing.T) []labelled {
	t.Helper()
	f, err := os.Open(filepath.Join(sampleDir, "lookalike_dev.tsv"))
	if err != nil {
		t.Skip("the measuring data is not here")
	}
	defer f.Close()
	var out []labelled
	in := bufio.NewScanner(f)
	for in.Scan() {
		c := strings.Split(in.Text(), "\t")
		if len(c) < 4 || c[0] == "typed_domain" {
			continue
		}
		p := labelled{typed: c[0], known: c[1], slip: c[2] == "1", kind: c[3]}
		p.risk, _ = PairRisk(p.typed, p.known)
		out = append(out, p)
	}
	return out
}

// TestLookalikeRecall prints the recall at 1 % false alarms and keeps it from
// sliding.
func TestLookalikeRecall(t *testing.T) {
	pairs := readPairs(t)
	var clean []float64
	slips := 0
	for _, p := range pairs {
		if p.risk >= lookalikeAlarm && !shapeOf(p.typed).mayResemble(p.known) {
			t.Errorf("the cheap test loses %s / %s", p.typed, p.known)
		}
		if p.slip {
			slips++
		} else {
			clean = append(clean, p.risk)
		}
	}
	slices.Sort(clean)
	threshold := clean[len(clean)-1-len(clean)/100]
	found, atAlarm := 0, 0
	for _, p := range pairs {
		if p.slip && p.risk > threshold {
			found++
		}
		if p.slip && p.risk >= lookalikeAlarm {
			atAlarm++
		}
	}
	recall := float64(found) / float64(slips)
	t.Logf("recall at 1 %% false alarms %.3f (threshold %.2f), at the alarm's own threshold %.3f", recall, threshold, float64(atAlarm)/float64(slips))
	if recall < 0.95 {
		t.Errorf("recall %.3f at 1 %% false alarms", recall)
	}
}
