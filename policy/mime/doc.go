// Package mime reads the bytes of a mail into its parts as mail clients see them.
//
// Promise: every byte of the mail is in some node's body or header text, or in
// a delimiter line, or a node carries a Problem. Our own reader (Strict) goes
// over the bytes once and alone decides whether a mail is canonical. Where it
// has a doubt, further dialects of it and two foreign parsers read the mail too,
// and what only one of them shows becomes an additional node with a View and the
// Problem ambiguous, because a recipient's program may show just that.
//
// Failure rules: nothing here returns an error or panics on bad input. A limit
// that is hit is a Problem on the node where it was hit, and the bytes behind it
// are that node's body. Ordinary sloppy mail (no close delimiter, a header line
// without colon, junk in base64) is read and is no Problem.
//
// Strict uses our own code, golang.org/x/text and the tables of golang.org/x/net/idna
// only, and may run in the main process. Read calls the foreign parsers and belongs
// into a worker process.
package mime
