package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/transform"

	"github.com/sekisho-mail/sekisho/policy/detect"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/policy/standard"
)

// watchOwn reloads the organisation's own data when its files change; that it can
// only poll is logged there and no reason to end.
func (g *guard) watchOwn(ctx context.Context) error {
	_ = g.own.Watch(ctx)
	return nil
}

func edmCommand() *cobra.Command {
	c := &cobra.Command{Use: "edm", Short: "Make tables of the company's own records"}
	var out string
	var columns []string
	build := &cobra.Command{
		Use:   "build CUSTOMERS.CSV",
		Short: "Write a table of salted hashes of a CSV file",
		Long: "Reads a CSV file with a header line (UTF-8 or Shift_JIS) and writes a table of salted hashes\n" +
			"for own_data.tables. A mail that holds two values of one row near each other is then found as\n" +
			"exact_match. A million rows of six columns take 72 MB. Take the columns that tell people apart\n" +
			"(number, name, phone, address, mail), not those with a few different values. The file is\n" +
			"replaced in one step; a running guard takes it over by itself.\n\n" +
			"The hashes are salted, but whoever has the file can try out phone numbers: keep it as closely\n" +
			"as the list it was made of.",
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			in, err := openText(args[0])
			if err != nil {
				return exitCode{2, err}
			}
			defer in.Close()
			var stats detect.EDMStats
			err = writeWhole(out, func(w io.Writer) (err error) {
				stats, err = detect.BuildEDM(in, w, columns)
				return err
			})
			if err != nil {
				return fmt.Errorf("build table of %s: %w", args[0], err)
			}
			fmt.Fprintf(c.OutOrStdout(), "%s: %d rows, %d different values of the columns %s\n", out, stats.Rows, stats.Values, strings.Join(stats.Columns, ", "))
			return nil
		},
	}
	build.Flags().StringVarP(&out, "output", "o", "", "the table to write, such as customers.edm")
	build.Flags().StringSliceVar(&columns, "columns", nil, "columns to take, by their names in the header line (all)")
	_ = build.MarkFlagRequired("output")
	c.AddCommand(build)
	return c
}

func fingerprintCommand() *cobra.Command {
	c := &cobra.Command{Use: "fingerprint", Short: "Make fingerprints of confidential documents"}
	var out string
	build := &cobra.Command{
		Use:   "build PATH...",
		Short: "Write the fingerprints of documents and of folders of them",
		Long: "Reads documents of all formats the guard reads, folders with everything below them, and writes\n" +
			"hashes of their stretches for own_data.documents. A mail or an attachment that holds a fifth of\n" +
			"such a document or more is then found as confidential_document, whatever its format.",
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return buildFingerprints(c, out, args) },
	}
	build.Flags().StringVarP(&out, "output", "o", "", "the file to write, such as confidential.fp")
	_ = build.MarkFlagRequired("output")
	c.AddCommand(build)
	return c
}

func buildFingerprints(c *cobra.Command, out string, paths []string) error {
	cfg, err := loadConfig(c)
	if err != nil {
		return err
	}
	pool, _, err := openFileWorkers(cfg)
	if err != nil {
		return err
	}
	defer pool.Close()
	files, bad := listInputs(c.ErrOrStderr(), paths)
	var prints detect.Fingerprints
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			fmt.Fprintf(c.ErrOrStderr(), "sekisho: open %s: %v\n", file, plainPathError(err))
			bad++
			continue
		}
		r, err := pool.Render(c.Context(), standard.Job{Name: filepath.Base(file), Mail: isMail(file, raw)}, email.BytesBody(raw))
		if err != nil {
			fmt.Fprintf(c.ErrOrStderr(), "sekisho: %s could not be read: %v\n", file, err)
			bad++
			continue
		}
		var text strings.Builder
		for _, p := range r.Parts {
			text.WriteString(p.Text + "\n")
		}
		if !prints.Add(text.String()) {
			fmt.Fprintf(c.ErrOrStderr(), "sekisho: %s has too little text to be recognised, it is left out\n", file)
		}
	}
	if prints.Len() == 0 {
		return exitCode{2, errors.New("no document was taken; nothing is written")}
	}
	if err := writeWhole(out, prints.Write); err != nil {
		return fmt.Errorf("write fingerprints: %w", err)
	}
	fmt.Fprintf(c.OutOrStdout(), "%s: %d documents\n", out, prints.Len())
	if bad > 0 {
		return exitCode{status: 2}
	}
	return nil
}

// writeWhole writes a file beside path and renames it over: a reader sees the old
// or the new one.
func writeWhole(path string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".sekisho-*")
	if err != nil {
		return fmt.Errorf("make file: %w", err)
	}
	defer os.Remove(f.Name())
	err = write(f)
	if err == nil {
		err = f.Sync()
	}
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return fmt.Errorf("put file into place: %w", err)
	}
	return nil
}

// openText opens a text in UTF-8 or, where it is not that, in Shift_JIS.
func openText(path string) (io.ReadCloser, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, plainPathError(err))
	}
	utf, err := isUTF8(f)
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("read %s: %w", path, plainPathError(err))
	}
	if utf {
		return f, nil
	}
	return struct {
		io.Reader
		io.Closer
	}{transform.NewReader(f, japanese.ShiftJIS.NewDecoder()), f}, nil
}

func isUTF8(r io.Reader) (bool, error) {
	_, err := io.Copy(io.Discard, transform.NewReader(r, encoding.UTF8Validator))
	if errors.Is(err, encoding.ErrInvalidUTF8) {
		return false, nil
	}
	return err == nil, err
}
