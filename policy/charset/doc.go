// Package charset reads octets as text: in the charset that a sender declares, and
// in those that a recipient's program would find out.
//
// Promise: there is always at least one reading, it is valid UTF-8, and where two
// charsets are as likely both are given, so that what any program shows is among
// them. What does not belong to a charset becomes U+FFFD and is counted; no octet
// is left out silently.
//
// Failure rules: nothing here returns an error or panics. An unknown label is no
// claim at all: the octets are read by detection. Each charset is one file, one
// entry in the list of Charsets, and says what it does not cover; nothing covers
// EBCDIC, ISO-2022-KR and -CN, and Chinese and Korean charsets that are not
// declared.
package charset
