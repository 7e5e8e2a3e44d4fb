package policy

import (
	"iter"
	"maps"
	"slices"
)

// Keys is a set of texts. The zero value is empty; a few, which is what nearly all mails
// have, cost no memory.
type Keys struct {
	few  [6]string
	n    int // of those
	many map[string]struct{}
}

// Has tells whether the key is there.
func (k *Keys) Has(key string) bool {
	if k.many != nil {
		_, known := k.many[key]
		return known
	}
	return slices.Contains(k.few[:k.n], key)
}

// Add tells whether the key is new.
func (k *Keys) Add(key string) bool {
	if k.Has(key) {
		return false
	}
	switch {
	case k.many == nil && k.n < len(k.few):
		k.few[k.n] = key
		k.n++
		return true
	case k.many == nil:
		k.many = make(map[string]struct{}, 4*len(k.few))
		for _, old := range k.few {
			k.many[old] = struct{}{}
		}
	}
	k.many[key] = struct{}{}
	return true
}

// Len is how many there are.
func (k *Keys) Len() int { return max(k.n, len(k.many)) }

// All goes over them, in no order.
func (k *Keys) All() iter.Seq[string] {
	if k.many != nil {
		return maps.Keys(k.many)
	}
	return slices.Values(k.few[:k.n])
}
