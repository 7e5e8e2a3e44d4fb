// Package blob keeps the bodies of held mail, sealed, in files of one folder.
//
// Promises:
//
//   - What Put returned without an error is on disk: the file was synced, and
//     its folder too where a name is new. Equal bytes are kept once.
//   - Each body is sealed under a random key of its own (package sealed), which
//     is wrapped under the site's key with the body's digest and size as context.
//     Whoever has the disk but not the site's key reads nothing and cannot swap
//     two bodies unnoticed. What is read back is checked against its digest.
//   - Remove destroys the body's key, durably, before it returns. The sealed
//     bytes go when their segment is compacted. (A file system that never writes
//     in place may keep an old copy of the wrapped key for a while.)
//
// Layout: "segments" holds numbered files of records one after another, a
// record being a header and, for bodies up to 1 MiB, the sealed bytes; larger
// bodies lie in "files" and their record is the header alone. The index lives
// in memory and is rebuilt from the headers at start. Many Puts share one sync.
//
// Failure rules: a full disk is a 452, anything else a 451, and nothing was
// promised. After a failed write or sync the segment is never appended to
// again, since the kernel may have dropped what it could not write. A torn tail
// is cut off at start; a damaged record in the middle is reported by Stat and
// skipped, and everything else stays readable. One process at a time may open a
// folder for writing.
package blob
