// Package relay is the client that brings mail to the next hop: inline, in a
// transaction that a client of ours is having at the same time, and later, when
// a held mail is released.
//
// Promise: a body goes out as it is (dots stuffed, nothing else), to exactly the
// recipients it is given, and replies come back word for word. No bare CR or LF
// leaves here. Nothing is delivered without the final dot, and the final dot is
// said only after the caller's gate has agreed.
//
// Failure rules: an error means that nothing was delivered and it may be tried
// again; only email.ErrOutcomeUnknown says that this is not known. What a next
// hop lacks for good (SMTPUTF8, REQUIRETLS) is an *email.Fault. Errors name
// hops and reply codes, never reply texts, which may hold addresses.
package relay
