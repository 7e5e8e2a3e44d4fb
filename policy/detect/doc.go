// Package detect finds personal data and secrets in the raw text of one message
// and counts the private people it tells about.
//
// Promise: every value that is reported was recognised by its shape, its check
// digit where the scheme has one, and by evidence around it (label, column,
// record, grouping); the evidence is added up in points and told in words. What
// leaves this package is masked: no field of Result holds a raw value.
//
// How it works: one pass over the bytes as they came (gate) notes the lines and
// places where something may stand: numbers, @, heads of tokens, keywords,
// honorifics, runs of kanji that could be a name. Only these are folded
// (full-width forms, hyphen and space classes, zero-width characters) with a map
// back to the original offsets, and read: digit runs and anchors give candidates;
// each kind checks them; candidates that overlap fight by points; tables give
// their columns' types to the cells; people are counted by their strongest keys.
// No regular expression runs over a body.
//
// A type is one declaration (kind) in a file of its own and one line in allKinds:
// its labels, the numbers of digits it wants, its check for a run of digits (try)
// and for a cell (cell). Tokens are lines of tokenShapes, words of special care
// lines of careTerms. The gate is built from these lists, so nothing else has to
// be told of a new type; TestGateSeesEveryWord and TestGateLosesNothing (the
// gated reading against that of every line: findings, people, duty) hold it to that.
//
// Failure rules: Detect never panics on bad input and never returns an error. A
// limit or a cancelled context becomes an entry in Result.Unknown, which the
// rules read as "not checked" and never as "nothing found".
package detect
