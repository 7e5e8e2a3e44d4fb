// Package table finds tables in text that has no markup for them, so that readers and
// detectors have one notion of rows and cells. A reader hands over as a table what is
// one as a whole, such as a CSV file (Whole). In running text nobody goes over all
// lines for it: the detectors ask about those in which their gate saw something, once
// (InLines, Headed), and about those that begin as rows of drawn tables, SQL and lists with
// ticks do (Drawn, Inserted, Ticked).
//
// It never fails and allocates in proportion to the text. Whoever calls it bounds the
// cells; what is beyond the bound is no table and stays running text.
//
// Not covered: columns lined up by blanks without a heading above them; their lines are
// read as text.
package table
