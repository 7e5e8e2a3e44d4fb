package worker

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"
)

// Program is a foreign program that reads hostile data (OCR), in a process of its
// own for each piece of it. The process is our own binary first, gives up files,
// network and system calls as a worker does, and then becomes the program. It is
// safe for concurrent use; Close it when nothing runs any more.
type Program struct {
	// Command starts a child that calls RunProgram with the arguments which follow,
	// usually {"/proc/self/exe", "worker", "program"}.
	Command []string
	// Path and Args are the program and its arguments, Env its whole environment.
	Path string
	Args []string
	Env  []string
	// Files are what it reads and executes besides itself: libraries and data.
	Files []string
	// Memory bounds its address space in octets, CPU its processor time, MaxOutput
	// what is kept of its standard output.
	Memory    int64
	CPU       time.Duration
	MaxOutput int64

	starter *starter
}

// NewProgram prepares a program.
func NewProgram(p Program) *Program {
	p.starter = newStarter()
	return &p
}

// Close ends the thread that starts the processes.
func (p *Program) Close() { p.starter.stop() }

// ErrProgram: the program ended without success.
var ErrProgram = errors.New("worker: program failed")

// Run gives the program its input and answers its output. It is killed when ctx
// ends. What it writes to its standard error goes nowhere.
func (p *Program) Run(ctx context.Context, input []byte) ([]byte, error) {
	args := []string{"--memory", strconv.FormatInt(p.Memory, 10), "--cpu", p.CPU.String()}
	for _, f := range append([]string{p.Path}, p.Files...) {
		args = append(args, "--file", f)
	}
	for _, e := range p.Env {
		args = append(args, "--env", e)
	}
	command := append(append(append([]string{}, p.Command...), args...), "--", p.Path)
	w, err := p.starter.start(append(command, p.Args...), nil, nil, false)
	if err != nil {
		return nil, err
	}
	defer w.end()
	stop := context.AfterFunc(ctx, w.kill)
	defer stop()
	go func() {
		_, _ = io.Copy(w.in, bytes.NewReader(input)) // a program may stop reading
		_ = w.in.Close()
	}()
	out, err := io.ReadAll(io.LimitReader(w.out, p.MaxOutput))
	if err == nil && int64(len(out)) < p.MaxOutput {
		<-w.exited
	}
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		return nil, fmt.Errorf("read output of program: %w", err)
	case int64(len(out)) == p.MaxOutput:
		return out, nil
	case !w.cmd.ProcessState.Success():
		return nil, ErrProgram
	}
	return out, nil
}

// RunProgram is the child's side: it confines the process and becomes the program.
// It returns only when it cannot, with the exit status.
func RunProgram(args []string) int {
	var files, env list
	flags := flag.NewFlagSet("program", flag.ContinueOnError)
	memory := flags.Int64("memory", 0, "octets of address space")
	cpu := flags.Duration("cpu", 0, "processor time")
	flags.Var(&files, "file", "file or folder to read and execute")
	flags.Var(&env, "env", "variable of the environment")
	if err := flags.Parse(args); err != nil || flags.NArg() == 0 || *memory <= 0 || *cpu <= 0 {
		return 2
	}
	if err := become(flags.Args(), env, files, *memory, *cpu); err != nil {
		fmt.Fprintln(os.Stderr, "worker:", err)
	}
	return 3
}

// list is a flag that may be given several times.
type list []string

// String is for the flag package.
func (l *list) String() string { return "" }

// Set adds a value.
func (l *list) Set(s string) error { *l = append(*l, s); return nil }
