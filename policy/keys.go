package policy

import (
	"iter"
	"maps"
	"slices"
)

// Keys is a set of finding keys. The zero value is empty; a few, which is what nearly
// all mails have, cost no map.
type Keys struct {
	few  []string
	many map[string]struct{}
}

const fewKeys = 16

// Add tells whether the key is new.
func (k *Keys) Add(key string) bool {
	if k.many != nil {
		n := len(k.many)
		k.many[key] = struct{}{}
		return len(k.many) > n
	}
	if slices.Contains(k.few, key) {
		return false
	}
	if len(k.few) < fewKeys {
		k.few = append(k.few, key)
		return true
	}
	k.many = make(map[string]struct{}, 2*fewKeys)
	for _, old := range k.few {
		k.many[old] = struct{}{}
	}
	k.many[key], k.few = struct{}{}, nil
	return true
}

// Len is how many there are.
func (k *Keys) Len() int { return len(k.few) + len(k.many) }

// All goes over them, in no order.
func (k *Keys) All() iter.Seq[string] {
	if k.many != nil {
		return maps.Keys(k.many)
	}
	return slices.Values(k.few)
}
