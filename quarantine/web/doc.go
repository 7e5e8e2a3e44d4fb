// Package web is the console: the pages on which senders, approvers and admins
// see what is held and decide.
//
// Promises:
//
//   - Who may do what stands in one table (Rights). Every route names its action
//     there, and no handler runs before the table has said yes.
//   - GET, HEAD and OPTIONS change nothing. Whatever changes something, and
//     whatever opens a mail's body, is a POST with a token and from our own pages.
//   - Nothing of a body is shown before the event that tells who looked, and why,
//     is durable. When it cannot be written, nothing is shown.
//   - What is shown is masked; raw text needs the right, a reason and a fresh
//     password, and ends after some minutes.
//   - No script and no style but our own two files runs; HTML of a mail is
//     sanitised and shown in a sandboxed frame from a response of its own.
//     Attachments are only ever downloads.
//
// Failure rules: every error leaves through one door (problem.go) as a page with
// a reference in the person's language. What it says names no file, host or
// setting; the log has the cause under the same reference.
//
// Everything people read stands in locales/*.json, in Japanese and English with
// the same keys.
package web
