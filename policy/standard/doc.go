// Package standard assembles the judgement that ships: which detectors and
// formats read the content, which checks look at the recipients, in which order.
//
// It has two sides. Reader reads content; it runs inside a worker process, and in
// the main process for canonical text mail. Inspector decides where a mail is
// read and turns whatever happens to a worker into facts. Checks is the one list
// of recipient checks.
//
// Failure rules: a worker that dies, hangs or lies leaves a mail with a Problem;
// the header is then read by our own strict reader, so that a verdict and its
// sentence still have a subject and recipients.
package standard
