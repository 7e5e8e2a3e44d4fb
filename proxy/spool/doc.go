// Package spool keeps the bytes of a mail while it is judged: in memory up to a
// bound, beyond that in a sealed file.
//
// Promise: what was written is what is read, any number of times, and its size
// and digest are known. Nothing here is durable: a spooled mail has not been
// promised to anybody. A hold takes a spooled file over by rename; everything
// else is removed by Release, and at the next start whatever a crash has left.
// A full disk is an email.Fault that says 452 4.3.1.
package spool
