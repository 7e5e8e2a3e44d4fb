// Command bench holds the parts of `make bench-relay` that are not shell: a plain
// go-smtp stream proxy without any inspection, for comparison, and measurements
// of latency and of idle connections. It is not shipped.
package main

import (
	"errors"
	"fmt"
	"os"
)

var errUsage = errors.New("usage: bench stream LISTEN NEXT | road LISTEN NEXT live|one_packet | bare LISTEN NEXT live|one_packet | latency FILE N ROUNDS NAME=HOST:PORT... | idle HOST:PORT PID N")

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) == 3 && args[0] == "stream":
		return stream(args[1], args[2])
	case len(args) == 4 && args[0] == "road":
		return road(args[1], args[2], args[3])
	case len(args) == 4 && args[0] == "bare":
		return serveBare(args[1], args[2], args[3])
	case len(args) > 4 && args[0] == "latency":
		return latency(args[1], args[2], args[3], args[4:])
	case len(args) == 4 && args[0] == "idle":
		return idle(args[1], args[2], args[3])
	}
	return errUsage
}
