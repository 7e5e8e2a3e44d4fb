// Package detect finds personal data and secrets in the raw text of one message
// and counts the private people it tells about.
//
// Promise: every value that is reported was recognised by its shape, its check
// digit where the scheme has one, and by evidence around it (label, column,
// record, grouping); the evidence is added up in points and told in words. What
// leaves this package is masked: no field of Result holds a raw value.
//
// How it works: the text is folded (full-width forms, hyphen and space classes,
// zero-width characters) with a map back to the original offsets; digit runs and
// a few rare anchors give candidates; each kind checks them; candidates that
// overlap fight by points; tables give their columns' types to the cells; people
// are counted by their strongest keys. No regular expression runs over a body.
//
// Failure rules: Detect never panics on bad input and never returns an error. A
// limit or a cancelled context becomes an entry in Result.Unknown, which the
// rules read as "not checked" and never as "nothing found".
package detect
