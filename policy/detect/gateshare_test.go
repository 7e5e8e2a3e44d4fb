package detect

import (
	"context"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
)

// BenchmarkGate is the first pass alone; hot is the share of the text that the
// second one reads.
func BenchmarkGate(b *testing.B) {
	text := ordinaryText(4 << 20)
	d := usual()
	cpu := cpuTime()
	for b.Loop() {
		sifted(d, text)
	}
	reportCPU(b, cpu, len(text))
	hot := 0
	for _, r := range regions(text, sifted(d, text), policy.Span{End: len(text)}) {
		hot += r.End - r.Start
	}
	b.ReportMetric(float64(hot)/float64(len(text)), "hot")
}

// BenchmarkOrdinaryText is the figure that other scanners are compared with.
func BenchmarkOrdinaryText(b *testing.B) {
	text := ordinaryText(8 << 20)
	d := usual()
	cpu := cpuTime()
	for b.Loop() {
		d.Detect(context.Background(), []policy.Content{{Part: "1", Text: text}}, Context{})
	}
	reportCPU(b, cpu, len(text))
}

func sifted(d *Detector, text string) []lineMark {
	return d.sift(text, d.gate.lines(text).marks)
}
