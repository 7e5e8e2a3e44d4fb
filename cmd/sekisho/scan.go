package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/policy/standard"
)

func scanCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "scan PATH...",
		Short: "Tell what is inside mails, files and folders",
		Long: "Reads every .eml, attachment or text file, folders with everything below them, and tells\n" +
			"what personal data is in it, how many people, and what could not be read. Samples are\n" +
			"masked. Exit status 0 whatever is found, 2 when an input cannot be opened.",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return badCall("name at least one file or folder: sekisho scan PATH...")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			cfg, err := loadConfig(c)
			if err != nil {
				return err
			}
			pool, _, err := openFileWorkers(cfg)
			if err != nil {
				return err
			}
			defer pool.Close()
			files, bad := listInputs(c.ErrOrStderr(), args)
			s := scanner{pool: pool, domains: cfg.Organization.Domains, json: asJSON, out: c.OutOrStdout(), errOut: c.ErrOrStderr()}
			unread, err := s.scan(c.Context(), files)
			if err != nil {
				return err
			}
			if bad+unread > 0 {
				return exitCode{status: 2}
			}
			return nil
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "one JSON object a file")
	return c
}

// listInputs walks the arguments in order. What cannot be opened is said at once
// and counted.
func listInputs(errOut io.Writer, args []string) (files []string, bad int) {
	for _, arg := range args {
		err := filepath.WalkDir(arg, func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				fmt.Fprintf(errOut, "sekisho: open %s: %v\n", path, plainPathError(err))
				bad++
				return nil
			}
			if d.Type().IsRegular() || d.Type()&fs.ModeSymlink != 0 && path == arg {
				files = append(files, path)
			}
			return nil
		})
		if err != nil {
			bad++
		}
	}
	return files, bad
}

func plainPathError(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

type scanner struct {
	pool        *workers
	domains     []string
	json        bool
	out, errOut io.Writer
}

// scan reads files in parallel and prints in input order. It returns how many
// could not be opened.
func (s scanner) scan(ctx context.Context, files []string) (unread int, err error) {
	bar := newProgress(s.errOut, "scan", len(files))
	defer bar.done()
	type result struct {
		in  policy.Inspection
		err error
	}
	window := 2 * max(1, runtime.NumCPU())
	slots := make(chan chan result, window)
	order := make([]chan result, len(files))
	for i := range order {
		order[i] = make(chan result, 1)
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(window + 1)
	go func() {
		for i, file := range files {
			slots <- order[i]
			g.Go(func() error {
				in, err := s.inspect(ctx, file)
				order[i] <- result{in, err}
				return nil
			})
		}
		close(slots)
	}()
	for i := range files {
		<-slots
		r := <-order[i]
		bar.step(1)
		if r.err != nil {
			fmt.Fprintf(s.errOut, "sekisho: %v\n", r.err)
			unread++
			continue
		}
		bar.done()
		if err := s.print(files[i], r.in); err != nil {
			return unread, err
		}
	}
	return unread, g.Wait()
}

func (s scanner) inspect(ctx context.Context, file string) (policy.Inspection, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return policy.Inspection{}, fmt.Errorf("open %s: %w", file, plainPathError(err))
	}
	job := standard.Job{Name: filepath.Base(file), Domains: s.domains, Mail: isMail(file, raw)}
	in, problem, err := s.pool.Inspect(ctx, job, email.BytesBody(raw))
	if err != nil {
		in.Parts = []policy.Part{{Path: "0", Name: job.Name, Type: "application/octet-stream", Size: int64(len(raw)), Problem: problem}}
	}
	return in, nil
}

// isMail tells a mail by its name, or by a header that begins like one.
func isMail(file string, raw []byte) bool {
	if strings.EqualFold(filepath.Ext(file), ".eml") {
		return true
	}
	head, _, found := strings.Cut(string(raw[:min(len(raw), 64<<10)]), "\n\n")
	if !found {
		head, _, found = strings.Cut(head, "\r\n\r\n")
	}
	return found && strings.HasPrefix(head, "Received: ") && strings.Contains(head, "\nMessage-I")
}

// scanLine is the fixed contract of `scan --json`.
type scanLine struct {
	File        string        `json:"file"`
	People      int           `json:"people"`
	PeopleLow   int           `json:"people_low"`
	Unencrypted int           `json:"unencrypted_people"`
	Duty        []policy.Duty `json:"duty"`
	Parts       []scanPart    `json:"parts"`
	Findings    []scanFinding `json:"findings"`
}

type scanPart struct {
	Path      string         `json:"path"`
	Name      string         `json:"name"`
	Type      string         `json:"type"`
	Size      int64          `json:"size"`
	Encrypted bool           `json:"encrypted"`
	Partly    bool           `json:"partly_encrypted,omitempty"`
	Hidden    bool           `json:"hidden"`
	Problem   policy.Problem `json:"problem"`
	View      string         `json:"view,omitempty"`
	Where     string         `json:"where,omitempty"`
}

type scanFinding struct {
	Type       string  `json:"type"`
	Subtype    string  `json:"subtype,omitempty"`
	Part       string  `json:"part"`
	View       string  `json:"view,omitempty"`
	Start      int     `json:"start"`
	End        int     `json:"end"`
	Masked     string  `json:"masked"`
	Confidence float64 `json:"confidence"`
	Where      string  `json:"where,omitempty"`
	Hidden     bool    `json:"hidden,omitempty"`
	Reason     string  `json:"reason,omitempty"`
}

func newScanLine(file string, in policy.Inspection) scanLine {
	l := scanLine{File: file, People: in.People.High, PeopleLow: in.People.Low, Unencrypted: in.People.Unencrypted,
		Duty: in.Duty, Parts: []scanPart{}, Findings: []scanFinding{}}
	if l.Duty == nil {
		l.Duty = []policy.Duty{}
	}
	for _, p := range in.Parts {
		l.Parts = append(l.Parts, scanPart{Path: p.Path, Name: p.Name, Type: p.Type, Size: p.Size,
			Encrypted: p.Encrypted != policy.NotEncrypted, Partly: p.Encrypted == policy.PartlyEncrypted,
			Hidden: p.Hidden, Problem: p.Problem, View: p.View, Where: p.Where})
	}
	for _, f := range in.Findings {
		l.Findings = append(l.Findings, scanFinding{Type: f.Type, Subtype: f.Subtype, Part: f.Place.Part, View: f.Place.View,
			Start: f.Place.Start, End: f.Place.End, Masked: f.Masked.String(), Confidence: f.Confidence,
			Where: f.Place.Where, Hidden: f.Hidden, Reason: f.Reason.EN})
	}
	return l
}

func (s scanner) print(file string, in policy.Inspection) error {
	if s.json {
		if err := json.NewEncoder(s.out).Encode(newScanLine(file, in)); err != nil {
			return fmt.Errorf("print result: %w", err)
		}
		return nil
	}
	var said strings.Builder
	if in.People.High > 0 {
		fmt.Fprintf(&said, "people    %s\n", peopleSentence(in.People))
	}
	printDuty(&said, in.Duty)
	printParts(&said, in.Parts, openedFiles(in.Parts, in.Findings))
	printFindings(&said, in.Findings)
	if said.Len() == 0 {
		said.WriteString("nothing found\n")
	}
	fmt.Fprintf(s.out, "%s\n%s", file, indented(said.String()))
	return nil
}

// indented is text of whole lines, two blanks before each.
func indented(text string) string {
	if text == "" {
		return ""
	}
	return "  " + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n  ") + "\n"
}
