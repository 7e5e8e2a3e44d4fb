package policy

import (
	"strconv"
	"testing"
)

func TestKeysAreCountedOnce(t *testing.T) {
	const most = 20
	var k Keys
	for round := range 2 {
		for i := range most {
			if fresh := k.Add(strconv.Itoa(i)); fresh != (round == 0) {
				t.Fatalf("round %d, key %d: new is %v", round, i, fresh)
			}
			if k.Add("0") {
				t.Fatalf("the first key is new again behind %d", i)
			}
		}
	}
	n := 0
	for range k.All() {
		n++
	}
	if n != most || k.Len() != n {
		t.Errorf("%d keys, %d of them given", k.Len(), n)
	}
}
