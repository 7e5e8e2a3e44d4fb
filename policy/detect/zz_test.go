package detect
import ("testing";"fmt")
func TestZZ(t *testing.T) {
	text := ordinaryText(1 << 20)
	d := New(Options{})
	raw := d.gate.lines(text)
	pre := map[int]lineFlag{}
	for _, m := range raw { pre[m.n] = m.flags }
	marks := d.sift(text, raw)
	n := map[string]int{}
	shown := map[string]int{}
	for _, m := range marks {
		if m.flags&lineHot == 0 { continue }
		k := fmt.Sprintf("%b", pre[m.n])
		n[k]++
		if shown[k]++; shown[k] < 4 { fmt.Println(k, text[m.start:m.end]) }
	}
	fmt.Println(n, len(full(text)))
}
