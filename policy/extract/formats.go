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
		{"office", isOffice, readOffice},
		{"zip", isZip, readZip},
		{"encrypted office", isEncryptedOffice, readEncryptedOffice},
		{"xls", isXLS, readXLS},
		{"doc", isDoc, readDoc},
		{"ppt", isPPT, readPPT},
		{"ole", isOLE, readOLE},
		{"pdf", isPDF, readPDF},
		{"gzip", isGzip, readGzip},
		{"bzip2", isBzip2, readBzip2},
		{"xz", isXZ, readXZ},
		{"zstd", isZstd, readZstd},
		{"lzma", isLZMA, readLZMA},
		{"tar", isTar, readTar},
		{"yenc", isYEnc, readYEnc},
		{"mail", isMail, readMail},
		{"html", isHTML, readHTML},
		{"xml", isXML, readXML},
		{"table", isDelimited, readText},
		{"text", isText, readText},
		{"unknown", isUnknown, readUnknown},
	}
}
