// Package extract turns an attachment or a body part into text, tables and a
// list of what it holds.
//
// Promise: Extract always answers, and never silently with nothing. Every file
// and every member of an archive is one policy.Part: its true type by content,
// whether it is encrypted, and a Problem when it was not read to its end. Bytes
// that no parser understood, or whose parser gave up, go through the raw sweep,
// which looks for runs of text in the usual charsets; what it finds is marked as
// swept, and the Problem stays.
//
// Failure rules: a parser's error is "malformed", a panic is "unreadable", a
// limit is "too_large" or "too_deep", the deadline is "timeout", and a format
// that has no parser is "unsupported". What was read before the failure is kept.
// Limits are counted over all files of one message by a Session; nothing is
// looked at later.
//
// PDF files need a PDFEngine, pictures and scanned pages an OCR, and files that
// nobody here reads may be given to a Tika server; all three are options of the
// Extractor, and without them such files are "unsupported". The engine is one for
// a process: it is slow to make and cheap to use.
//
// Formats is the one list of formats. A further format is one file with its
// recogniser and reader, and one line in that list.
package extract
