// Package config holds every setting of the server as plain data, with its
// documentation and its default beside it, and reads them from one YAML file
// and the environment.
//
// Promise: a setting that cannot be understood is never guessed. Unknown and
// repeated keys, a second document, numbers without a unit, text where a number
// belongs and the other way round are errors with file, line, column and a
// sentence that says what to write instead; all errors of a file are told at
// once. Load either returns a complete, valid Config or an error of type
// Problems.
//
// It imports nothing else of this project, and nothing but cmd and
// policy/standard imports it: everybody else is handed plain values.
//
// The doc comments of the settings are the manual: Markdown and Sample are made
// from them, so a comment here speaks to an administrator.
package config
