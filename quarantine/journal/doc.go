// Package journal is the local record of what happened to every mail, passed or
// held: JSON lines in segment files, chained by hashes, drained into the store
// in order.
//
// Promises:
//
//   - Write never waits for a sync (unless each line is asked to be durable),
//     and takes bounded memory. A line reaches the file before Write returns, or
//     right after a sync that is under way, and the disk within
//     Options.SyncEvery; a kill loses no line that was written, a power cut those
//     of the last interval.
//   - Each line carries its number, the hash of the line before and its own, and
//     the first line of a segment goes on from the last of the one before. The
//     head of the chain is kept in a file of its own, under a MAC where a key is
//     given. VerifyKey finds every change, removal, exchange and cut, and names the
//     first line that is wrong.
//   - Drain hands each durable line over at least once, in order.
//
// Failure rules: with a full or broken disk Write returns an error, lines wait
// in memory up to a bound, and the mail goes on. A line that a crash left
// unfinished is cut off at the next start, and a line in the chain says so. A
// chain that was broken by somebody else is never mended: it is left as it is,
// and a new segment goes on.
package journal
