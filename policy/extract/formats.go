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

// isText tells a format that shows all of its text as it stands.
func (f Format) isText() bool {
	switch f.Name {
	case "sealed text", "vcard", "ldif", "html", "xml", "json", "sheet text", "table", "text":
		return true
	}
	return false
}

// textFormat takes whatever reads as text.
func textFormat() Format { return Format{"text", isText, readText} }

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
		{"msg", isMSG, readMSG},
		{"ole", isOLE, readOLE},
		{"pdf", isPDF, readPDF},
		{"rtf", isRTF, readRTF},
		{"cms", isCMS, readCMS},
		{"tnef", isTNEF, readTNEF},
		{"applefile", isAppleFile, readAppleFile},
		{"rar", isRAR, readRAR},
		{"7z", isSevenZip, readSevenZip},
		{"lzh", isLZH, readLZH},
		{"arj", isARJ, readARJ},
		{"cab", isCAB, readCAB},
		{"wim", isWIM, readWIM},
		{"sqlite", isSQLite, readSQLite},
		{"sqlite log", isSQLiteLog, readSQLiteLog},
		{"dbf", isDBF, readDBF},
		{"iso", isISO, readISO},
		{"sfx", isSFX, readSFX},
		{"gzip", isGzip, readGzip},
		{"bzip2", isBzip2, readBzip2},
		{"xz", isXZ, readXZ},
		{"zstd", isZstd, readZstd},
		{"lzip", isLzip, readLzip},
		{"lz4", isLZ4, readLZ4},
		{"brotli", isBrotli, readBrotli},
		{"lzma", isLZMA, readLZMA},
		{"compress", isCompress, readCompress},
		{"zlib", isZlib, readZlib},
		{"tar", isTar, readTar},
		{"cpio", isCPIO, readCPIO},
		{"ar", isAR, readAR},
		{"rpm", isRPM, readRPM},
		{"sealed", isSealed, readSealed},
		{"sealed text", isSealedText, readSealedText},
		{"metafile", isMetafile, readMetafile},
		{"postscript", isPostScript, readPostScript},
		{"pnm", isPNM, readImage},
		{"mbox", isMbox, readMbox},
		{"mail", isMail, readMail},
		{"openpgp", isPGP, readPGP},
		{"yenc", isYEnc, readYEnc},
		{"ebcdic", isEBCDIC, readEBCDIC},
		{"vcard", isVCard, readVCard},
		{"ldif", isLDIF, readLDIF},
		{"html", isHTML, readHTML},
		{"xml", isXML, readXML},
		{"json", isJSON, readJSON},
		{"sheet text", isSheetText, readSheetText},
		{"table", isDelimited, readText},
		textFormat(),
		{"image", isImage, readImage},
		{"deflate", isDeflate, readDeflate},
		{"unknown", isUnknown, readUnknown},
	}
}
