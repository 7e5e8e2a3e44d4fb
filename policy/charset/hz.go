package charset

import "golang.org/x/text/encoding/simplifiedchinese"

// hz is HZ-GB-2312 (RFC 1843), declared or found by its marks ~{ and ~}.
//
// Not covered: the extended form (zW).
var hz = Charset{Name: "hz-gb-2312", labels: []string{"hz", "hz-gb", "hz-gb2312"},
	read: func(data []byte) string { return decoded(simplifiedchinese.HZGB2312, data) }}
