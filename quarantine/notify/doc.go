// Package notify tells people about held mail: its sender, those who decide,
// those who run the guard. A notice says who, why, where and until when, in both
// languages, and carries a personal link to the page where something can be done.
//
// Promises:
//
//   - One notice for each hold and reader after 20 seconds of quiet, one
//     reminder, and the end is always told. A notice and the mark that it was
//     written are one transaction with the hold, so that a crash or a second node
//     neither forgets nor repeats one.
//   - A notice quotes nothing: no matched text, no sample; an approver never
//     reads the raw subject. It goes to addresses of the organisation only.
//   - Notices travel through the quarantine's own store and dispatch, from the
//     null path, with a mark that Marker.Verify knows again. There is never a
//     notice about a notice: one that fails raises an alert in log and metrics.
//   - A link is a random key of 256 bits, of which only the hash is kept; it
//     belongs to one person, one hold and one purpose, expires, and is spent by
//     the decision made with it.
//
// Errors of the store stop one hold's notices until the next round, never the
// loop.
package notify
