package extract

// Format is one kind of file that can be told from others.
type Format struct {
	// Name is short and stable, for documents and tests.
	Name string
	// is answers the true MIME type, or "" for another format.
	is func(*probe) string
	// read leaves text, members and facts in the reading; its error becomes the
	// part's Problem.
	read func(*reading) error
}

// Formats lists what is recognised, the more special first: the first that
// recognises a file reads it. The last one takes everything.
func Formats() []Format {
	return []Format{
		{"mail", isMail, readMail},
		{"html", isHTML, readHTML},
		{"table", isDelimited, readText},
		{"text", isText, readText},
		{"unknown", isUnknown, readUnknown},
	}
}
