// Package worker runs the inspection of mails in child processes of our own
// binary, so that a parser which hangs, eats memory or crashes takes nothing
// down but the inspection of one mail.
//
// A worker knows two verbs: inspect gives masked facts (policy.Inspection),
// render the raw view for an authorised viewer (policy.Rendering). The parent
// (Pool) streams a mail to the child over a pipe and reads one answer of bounded
// length, which it verifies as the word of a possibly hostile process.
//
// A child gives up what it does not need before it reads the first octet: its
// environment, all files (landlock), the network (an empty namespace and
// landlock), every system call but those of memory, threads and its two pipes
// (seccomp). A handler that needs a file or a program says so by name. Where a
// kernel lacks one of these the others stay, and the log says so.
//
// CPU time and memory are bounded per job and watched from outside. Heavy work
// (a PDF engine) is counted apart: a job asks for that budget when it begins.
//
// Failure rules: a worker that misses its deadline, passes its memory or CPU
// limit, dies, or answers with anything but a sound answer is killed with its
// process group and replaced, and the call returns an *Error. ProblemOf turns
// that into the Problem which the mail then has; there is no way from a failed
// worker to a clean mail. Children die with the parent.
package worker
