// Package demo is what `sekisho demo` adds to the guard: ten fictitious mails,
// and a small mailbox server on loopback that stands for the company's mail
// server.
//
// Every person, number, company and address in it is invented; domains end in
// .example or are the reserved example.co.jp. One real domain name appears, the
// well-known slip "gmai.com": the mailbox on loopback takes that mail, nothing is
// ever sent anywhere else.
package demo
