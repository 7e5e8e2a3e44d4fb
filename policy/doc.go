// Package policy is the judgement: what a mail is (Message), what was found in
// it (Finding), and what shall happen to it (Verdict).
//
// Promise: Judge always answers. Whatever cannot be read, checked or evaluated
// becomes a Problem on a part, an entry in NotChecked or a failed rule, and each
// of those has an action in the rule set; none of them is ever read as "clean".
// An error or panic outside all of these ends in a verdict that holds.
//
// Raw content stays where it was extracted (Content, inside a worker process);
// everything that leaves is masked (Masked) or a count.
package policy
