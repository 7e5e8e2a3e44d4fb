package mime
import ("testing";"os";"math/rand/v2";"bytes";"fmt";"encoding/json";"encoding/base64";"github.com/sekisho-mail/sekisho/policy")
func TestZZ(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 8))
	all := seeds(t)
	os.MkdirAll("/tmp/mut", 0o755)
	f, _ := os.Create("/tmp/mut/ours.jsonl")
	for i := range 4000 {
		raw := bytes.Clone(all[rnd.IntN(len(all))])
		for range 1 + rnd.IntN(5) { raw = mutate(rnd, raw) }
		os.WriteFile(fmt.Sprintf("/tmp/mut/%d.eml", i), raw, 0o644)
		r := Read(raw, policy.DefaultLimits())
		var bodies []string
		for k := range r.Nodes { bodies = append(bodies, base64.StdEncoding.EncodeToString(r.Nodes[k].Body())) }
		b, _ := json.Marshal(map[string]any{"i": i, "b": bodies, "p": hasProblem(r.Nodes), "d": r.Doubts})
		f.Write(append(b, '\n'))
	}
	f.Close()
}
