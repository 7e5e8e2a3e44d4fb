package config

// Listen is one address where mail comes in. A client may relay when it comes
// from one of the networks or shows one of the certificates, and its sender is
// in one of our domains or null; everybody else is refused.
type Listen struct {
	// Address is host:port; ":25" listens on all addresses.
	Address string `key:"address" validate:"required,bind"`
	// Networks may relay without a certificate: 10.0.0.0/8, 192.0.2.7.
	Networks []Network `key:"networks"`
	// Proxies are load balancers: a connection from them must begin with a PROXY
	// header (version 1 or 2), which names the client.
	Proxies []Network `key:"proxies"`
	// XClient are clients that may speak for others in everything, permission
	// included (Postfix's XCLIENT).
	XClient []Network `key:"xclient"`
	// XForward are clients that may name the client that they have a mail from, for
	// Received fields and records (Postfix's XFORWARD).
	XForward []Network `key:"xforward"`
	// TLS of this listener.
	TLS ListenTLS `key:"tls"`
	// Auth lets clients send that log in.
	Auth ListenAuth `key:"auth"`
	// BareNewlines is what happens to a mail with a CR or LF that stands alone:
	// refuse, or normalise to CRLF (breaks signatures; only for old devices on
	// networks you know).
	BareNewlines string `key:"bare_newlines" default:"refuse" validate:"oneof=refuse normalise"`
	// Chunking takes mail by BDAT too, when every next hop that answers does
	// (CHUNKING, RFC 3030). Such a mail must end in CRLF, since it goes on with DATA.
	Chunking bool `key:"chunking" default:"true"`
	// SecretHeader must stand in every mail of this listener. For cloud mail
	// systems whose addresses others share.
	SecretHeader SecretHeader `key:"secret_header"`
}

// ListenTLS is the server side of TLS.
type ListenTLS struct {
	// Mode is none, starttls, or implicit (TLS from the first octet, port 465).
	Mode string `key:"mode" default:"none" validate:"oneof=none starttls implicit"`
	// Required: without TLS no mail is taken.
	Required bool `key:"required" default:"false"`
	// CertFile is the certificate with its chain, PEM.
	CertFile string `key:"cert_file" path:"file" validate:"required_with=KeyFile"`
	// KeyFile is its private key, PEM.
	KeyFile string `key:"key_file" path:"file" secret:"must" validate:"required_with=CertFile"`
	// ClientCAFile are the authorities whose client certificates may relay from
	// anywhere, PEM. Empty: certificates are not asked for.
	ClientCAFile string `key:"client_ca_file" path:"file" validate:"required_with=ClientNames"`
	// ClientNames are the names (DNS names or common name) that a client
	// certificate must have one of to relay from anywhere; "*.example.com" stands
	// for one label. Empty: any certificate of these authorities.
	ClientNames []string `key:"client_names" validate:"unique,dive,required"`
}

// SecretHeader is a header field that proves where a mail comes from. It is
// removed before the mail goes on.
type SecretHeader struct {
	// Name is the field's name, such as X-Sekisho-Key. Empty: none is asked for.
	Name string `key:"name" validate:"required_with=ValuesFile,omitempty,header_name"`
	// ValuesFile holds the values that are accepted, one a line; several, so that
	// they can be changed without a gap. It is read again when it has changed.
	ValuesFile string `key:"values_file" path:"file" secret:"must" validate:"required_with=Name"`
	// Values are the lines of ValuesFile; they never stand in the config itself.
	Values []Secret `key:"-"`
}

// Limits bound what clients and mails may take. Beyond them the answer is a
// 4xx, except for the size of a mail (552).
type Limits struct {
	// MessageSize is the largest mail, as it is sent (base64 included).
	MessageSize Size `key:"message_size" default:"50MB" validate:"least=64KiB"`
	// Recipients is how many recipients one mail may have (RFC 5321: at least 100). As
	// many more may be refused; those beyond, and those of mails that are given up,
	// count as errors of the client, whose connection ends after 20.
	Recipients int `key:"recipients" default:"1000" validate:"min=100"`
	// Connections is how many clients may be connected at a time.
	Connections int `key:"connections" default:"4000" validate:"min=1"`
	// ConnectionsPerIP is the same for one address. A mail server in front sends
	// everything from one address.
	ConnectionsPerIP int `key:"connections_per_ip" default:"1000" validate:"min=1"`
	// ConnectionsPerUser is how many connections one user may have logged in on.
	ConnectionsPerUser int `key:"connections_per_user" default:"50" validate:"min=1"`
	// MinRate is how many octets a second a mail must come in with, once a minute
	// is over. 0: any, within total_timeout.
	MinRate Size `key:"min_rate" default:"0B"`
	// HeldPerAccount is how much mail of one account may be held within a day,
	// whatever becomes of it; beyond it mail that would be held is put off with a 452.
	// Releasing or cancelling all that waits of the account gives it back. 0: any.
	HeldPerAccount Size `key:"held_per_account" default:"2GiB"`
	// SpoolMemory is how much of one mail stays in memory while spool_total has
	// room; what is larger goes to a sealed temporary file.
	SpoolMemory Size `key:"spool_memory" default:"8MiB" validate:"least=4KiB"`
	// SpoolTotal is how much memory all mails in transit may take together;
	// beyond it they go to files whatever their size. Half of it is kept for small
	// mails.
	SpoolTotal Size `key:"spool_total" default:"64MiB" validate:"least=1MiB"`
	// SpoolDisk is how much disk the temporary files may take together; beyond it
	// mails are refused with 452.
	SpoolDisk Size `key:"spool_disk" default:"8GiB" validate:"least=64MiB"`
	// CommandTimeout is how long a client may take until a whole command is here,
	// silence before it included (RFC 5321 section 4.5.3.2.7: at least 5 minutes).
	CommandTimeout Duration `key:"command_timeout" default:"5m" validate:"least=1s"`
	// DataTimeout is how long a client may send nothing inside a mail; progress
	// renews it.
	DataTimeout Duration `key:"data_timeout" default:"3m" validate:"least=1s"`
	// TotalTimeout is how long one mail may take from its first octet to its last.
	TotalTimeout Duration `key:"total_timeout" default:"1h" validate:"least=1m"`
	// Scan bounds the inspection of one mail. What lies beyond a limit is reported
	// as too_large or too_deep, and the default rules hold it.
	Scan ScanLimits `key:"scan"`
}

// ScanLimits bound the inspection of one mail.
type ScanLimits struct {
	// MIMEDepth is how deep parts may nest.
	MIMEDepth int `key:"mime_depth" default:"20" validate:"min=1"`
	// Parts is how many parts there may be.
	Parts int `key:"parts" default:"1000" validate:"min=1"`
	// ForeignDepth is how deep parts may nest in a mail in doubt for go-message and
	// enmime to be asked about it; a deeper one is ambiguous.
	ForeignDepth int `key:"foreign_depth" default:"12" validate:"min=0,max=12"`
	// HeaderSize is the largest header block.
	HeaderSize Size `key:"header_size" default:"256KiB" validate:"least=4KiB"`
	// ArchiveDepth is how deep archives may nest.
	ArchiveDepth int `key:"archive_depth" default:"8" validate:"min=0"`
	// ArchiveEntries is how many members all archives of a mail may have together.
	ArchiveEntries int `key:"archive_entries" default:"20000" validate:"min=0"`
	// ExpandedSize is how much all unpacked data of a mail may come to.
	ExpandedSize Size `key:"expanded_size" default:"512MiB" validate:"least=1MiB"`
	// MemberSize is the same for one member of an archive.
	MemberSize Size `key:"member_size" default:"256MiB" validate:"least=1MiB"`
	// Ratio is how many times larger an archive may become when it is unpacked,
	// counted after ratio_from.
	Ratio int `key:"ratio" default:"200" validate:"min=1"`
	// RatioFrom is how much may be unpacked before ratio counts.
	RatioFrom Size `key:"ratio_from" default:"10MiB"`
	// Cells is how many cells one table may have.
	Cells int `key:"cells" default:"5242880" validate:"min=1"`
	// TextSize is how much extracted text one mail may have.
	TextSize Size `key:"text_size" default:"64MiB" validate:"least=64KiB"`
	// PDFPages is how many pages of one PDF file are read.
	PDFPages int `key:"pdf_pages" default:"2000" validate:"min=1"`
	// PDFTime is the most processor time that the PDF files of one mail may take. Three
	// seconds are there at once, the rest only while further pages say something new.
	PDFTime Duration `key:"pdf_time" default:"40s" validate:"least=1s"`
	// Pixels is the size of the largest picture whose text is read.
	Pixels int `key:"pixels" default:"40000000" validate:"min=1"`
	// OCRPages is how many pages of one file are read as pictures.
	OCRPages int `key:"ocr_pages" default:"20" validate:"min=0"`
	// OCRTime is how long the text of one picture may take.
	OCRTime Duration `key:"ocr_time" default:"20s" validate:"least=1s"`
}

// Workers are the processes that read attachments. A worker that dies or
// overruns is replaced, and its mail is held as not inspected.
type Workers struct {
	// Count is how many there are. 0: one per processor.
	Count int `key:"count" default:"0" validate:"min=0,max=256"`
	// Deadline is how long one mail may take.
	Deadline Duration `key:"deadline" default:"30s" validate:"least=100ms"`
	// Memory is the most that one worker may have resident, with a mail of up to 64 MiB
	// in it; what a mail is larger comes on top.
	Memory Size `key:"memory" default:"256MiB" validate:"least=128MiB"`
	// CPU is how much processor time one mail may take.
	CPU Duration `key:"cpu" default:"5s" validate:"least=1s"`
	// HeavyCount is how many further ones there may be for mails with a PDF.
	HeavyCount int `key:"heavy_count" default:"1" validate:"min=1,max=256"`
	// SlowCount is how many mails may be at work beside those of count and heavy_count
	// once they turned out to be slow while others waited, at a low priority. Where there
	// are more, they are put off and read from their beginning later. 0: none ever
	// gives way.
	SlowCount int `key:"slow_count" default:"1" validate:"min=0,max=256"`
	// SlowAfter is the processor time that makes a mail slow; four times as much with a
	// PDF.
	SlowAfter Duration `key:"slow_after" default:"500ms" validate:"least=10ms"`
	// HeavyMemory is what a worker with a mail with a PDF may take on top of memory.
	HeavyMemory Size `key:"heavy_memory" default:"256MiB" validate:"least=256MiB"`
	// HeavyCPU is how much processor time a mail with a PDF may take on top of cpu.
	// deadline is longer by twice as much for it.
	HeavyCPU Duration `key:"heavy_cpu" default:"45s" validate:"least=1s"`
	// ServiceTime is how long OCR and Tika together may take for one mail; it does
	// not count towards deadline.
	ServiceTime Duration `key:"service_time" default:"60s" validate:"least=1s"`
}

// OCR reads the text of pictures and scanned pages by the tesseract program, where
// that is installed with Japanese or English. Its limits are in limits.scan.
type OCR struct {
	// Program is auto: use tesseract when it is found at the start; or off.
	Program string `key:"program" default:"auto" validate:"oneof=auto off"`
	// Memory is the address space of the program for one picture.
	Memory Size `key:"memory" default:"1GiB" validate:"least=256MiB"`
}

// Tika is a server that files are handed to which the guard itself cannot read
// (OneNote, PST, XPS and others). The files leave the guard in the clear.
type Tika struct {
	// URL is the server's address without a path: http://127.0.0.1:9998.
	URL string `key:"url" validate:"omitempty,web_url"`
	// Timeout is how long one file may take.
	Timeout Duration `key:"timeout" default:"20s" validate:"least=1s"`
	// Size is the largest file that is handed over.
	Size Size `key:"size" default:"50MiB" validate:"least=64KiB"`
}
