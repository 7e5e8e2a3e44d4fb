// Command sekisho is the outbound e-mail guard: one binary, one file here per
// sub-command. serve.go is the only place that knows every house.
//
// Exit status: 0 done, 1 the answer is no or something failed (said on standard
// error), 2 the call or an input could not be used.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
)

// version is set by the linker.
var version = "unknown"

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run is the whole program with its surroundings handed in.
func run(args []string, in io.Reader, out, errOut io.Writer) int {
	root := rootCommand()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errOut)
	err := unknownSubcommand(root, args)
	if err == nil {
		err = root.Execute()
	}
	if err == nil {
		return 0
	}
	var code exitCode
	if strings.HasPrefix(err.Error(), "unknown command") {
		code = exitCode{status: 2, err: fmt.Errorf("%w; see: sekisho --help", err)}
	} else if !errors.As(err, &code) {
		code = exitCode{status: 1, err: err}
	}
	if code.err != nil {
		fmt.Fprintln(errOut, "sekisho:", code.err)
	}
	return code.status
}

// unknownSubcommand refuses a name that a group of commands does not have. Cobra
// prints the group's help then and exits 0, so that a script would take
// "queue aprove" for done.
func unknownSubcommand(root *cobra.Command, args []string) error {
	c, rest, err := root.Find(args)
	if err != nil || c == root || c.Runnable() || c.ParseFlags(rest) != nil || c.Flags().NArg() == 0 || c.Flags().Arg(0) == "help" {
		return nil // known, or cobra says what is wrong
	}
	return badCall("unknown command %q for %q; see: %s --help", c.Flags().Arg(0), c.CommandPath(), c.CommandPath())
}

// exitCode is an error with the exit status it asks for; err may be nil when
// everything was said already.
type exitCode struct {
	status int
	err    error
}

func (e exitCode) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit status %d", e.status)
	}
	return e.err.Error()
}

func (e exitCode) Unwrap() error { return e.err }

// badCall is the error of a call that cannot be used.
func badCall(format string, args ...any) error {
	return exitCode{2, fmt.Errorf(format, args...)}
}

func rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "sekisho",
		Short: "An outbound e-mail guard",
		Long: "Sekisho looks at every mail that leaves: clean mail passes, suspicious mail is\n" +
			"held and later released exactly as it was. `sekisho demo` shows it in a minute.",
		SilenceUsage:      true,
		SilenceErrors:     true,
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true},
	}
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return badCall("%w\nSee: %s --help", err, c.CommandPath())
	})
	root.PersistentFlags().String("config", "", "configuration file (default: embedded store in ./data, loopback ports)")
	root.AddCommand(
		serveCommand(), demoCommand(), scanCommand(), checkCommand(), explainCommand(), queueCommand(),
		accountCommand(), rulesCommand(), historyCommand(), auditCommand(), bypassCommand(), migrateCommand(),
		configCommand(), edmCommand(), fingerprintCommand(), doctorCommand(), versionCommand(), docsCommand(), workerCommand(),
	)
	return root
}
