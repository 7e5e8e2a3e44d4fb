// Package quarantine is the holding: mails that were accepted with a 250 and
// not passed on at once, and everything that may happen to them until each
// recipient has an end.
//
// A Hold is one mail with its verdict. It has one or more copies (as they
// arrived), each copy one or more revisions (its bytes, original or repaired)
// and one or more deliveries (one recipient with state and due time).
//
// Promises:
//
//   - Hold returns an id only when the bytes and every row are durable. Any
//     failure before that is an email.Fault with a 4xx, so the client tries again.
//   - A delivery changes state only along the Moves table, in the same
//     transaction as the Event that tells who did it, when and why. Events are
//     hash-chained per node and segment.
//   - One decision wins. Who comes later is told who decided and when.
//   - Nobody who had a part in a mail approves it, in whatever role he comes, and
//     nobody decides who is not assigned to it but an admin. Hold.Allows is the one
//     place that says who may do what.
//   - A release by somebody at a page leaves Options.Undo later and can be taken
//     back until then.
//   - A release sends the bytes of a revision to the envelope recipient of the
//     delivery. Header recipients never add or remove one.
//
// The package keeps no state of its own beyond counters; everything lies in the
// Store and the Blobs. Times come from the clock in Options.
package quarantine
