// Package proxy is the road: it takes mail in over SMTP, has it judged, and
// brings it to one of three endings (passed on, held, refused).
//
// Promise: a 250 after the end of data is sent only when the next hop has
// accepted the mail, or when the Holder has it durable. Every failure of ours
// before that is a 4xx, so the client keeps the mail and tries again; a 5xx is
// the next hop's own word, a verdict, or a client that broke the protocol. The
// bytes that were received are the bytes that are relayed, behind one Received
// field (and without the listener's secret header, where one is set).
//
// The front owns the connection: the PROXY header, TLS, STARTTLS, AUTH, XCLIENT,
// strict CRLF command lines, addresses, sequence, DATA framing and everything EHLO
// announces. go-smtp sits behind it as the connection's reader, sees plain
// commands that are known to be well formed, and does the ESMTP parameters and the
// dialogue. A body never passes through go-smtp: the front takes it off the wire
// into the spool and hands go-smtp an empty last chunk in its place. Chunks (BDAT)
// are taken by the front as well, counted by their octets.
//
// To a trusted hop a large mail goes on while it comes in; its last block and the
// final dot wait for the verdict, and a mail that may not pass ends there with a
// closed connection. A mail whose recipients go different ways, or over LMTP, is
// held with everything due, since no one answer could be right for all.
//
// Failure rules: an error becomes a reply in one place (door.go); an unknown
// error is temporary; its text goes to the log, never to the client. A broken
// connection inside DATA ends the connection, so nothing of a body is ever read
// as a command.
package proxy
