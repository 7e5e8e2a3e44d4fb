// Package rule judges mails by rules: YAML files whose conditions are written
// in CEL.
//
// Promise: a rule that was loaded can be evaluated, and whatever goes wrong
// later is on the safe side. A typo in a file is a load error with file, line
// and column, never a rule that silently does not match. A fact that could not
// be found out is unknown, never false: if the truth of a condition hangs on
// it, the rule's on_unknown decides (hold for rules about content, pass and
// report for rules about recipients). An evaluation that fails, costs too much
// or takes too long holds the mail.
//
// A Set is a compiled, unchangeable rule set. A Book is the live one: it swaps
// sets while mails are judged, and keeps the good set when a new one is bad.
//
// The reference that people read is made by Reference from the same tables
// that compile the rules.
package rule
