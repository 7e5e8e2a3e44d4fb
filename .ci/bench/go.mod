module github.com/sekisho-mail/sekisho/bench

go 1.26.0

require (
	github.com/sekisho-mail/sekisho v0.0.0-00010101000000-000000000000
	github.com/wasilibs/go-re2 v1.13.0
)

require golang.org/x/sys v0.49.0 // indirect

replace github.com/sekisho-mail/sekisho => ../..
