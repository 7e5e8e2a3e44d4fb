package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sekisho-mail/sekisho/config"
	"github.com/sekisho-mail/sekisho/policy/detect"
	"github.com/sekisho-mail/sekisho/policy/rule"
)

// docsCommand writes the pages that are made from the code; a test compares them
// with the ones that are committed.
func docsCommand() *cobra.Command {
	return &cobra.Command{
		Use:    "docs DOCS PACKAGING",
		Short:  "Write the generated pages into these folders",
		Hidden: true,
		Args:   exactArgs(2, "name the folders: sekisho docs DOCS PACKAGING"),
		RunE: func(_ *cobra.Command, args []string) error {
			for name, content := range generatedPages() {
				dir := args[0]
				if strings.HasSuffix(name, ".yaml") {
					dir = args[1]
				}
				if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
					return fmt.Errorf("write page: %w", err)
				}
			}
			return nil
		},
	}
}

func generatedPages() map[string][]byte {
	return map[string][]byte{
		"config.md":    config.Markdown(),
		"sekisho.yaml": config.Sample(),
		"rules.md":     []byte(rule.Reference()),
		"commands.md":  commandsPage(),
		"findings.md":  detect.FindingsPage(),
	}
}

// commandsPage is the help of every command on one page.
func commandsPage() []byte {
	var b bytes.Buffer
	b.WriteString("# Commands\n\nGenerated from the program; `sekisho COMMAND --help` prints the same.\n")
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		if c.Hidden || c.Name() == "help" || c.Name() == "completion" {
			return
		}
		if c.Runnable() {
			long := c.Long
			if long == "" {
				long = c.Short + "."
			}
			fmt.Fprintf(&b, "\n## %s\n\n%s\n\n```\n%s\n```\n", c.CommandPath(), long, strings.TrimSpace(c.UseLine()+"\n"+c.LocalFlags().FlagUsages()))
		}
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(rootCommand())
	return b.Bytes()
}
