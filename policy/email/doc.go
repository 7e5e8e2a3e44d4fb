// Package email is the ground floor: the few nouns every house speaks of, an
// address, an envelope, a body that can be opened again, a reply, an id.
//
// It imports the standard library only and never does I/O of its own. Values
// here are plain data that was checked when it was made; an address or a
// reply that exists is well formed.
package email
