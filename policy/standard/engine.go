package standard

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/sekisho-mail/sekisho/config"
	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/directory"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/policy/recipient"
)

// Deps are what an engine stands on beside the configuration.
type Deps struct {
	Workers   Workers
	History   *recipient.History
	Directory *directory.Holder
	Decider   policy.Decider
	// Own is the organisation's own data; nil for none.
	Own *OwnHolder
	// Companions is Inspector.Companions; it may be nil.
	Companions func(ctx context.Context, env email.Envelope, h policy.Header) ([][]byte, error)
	Log        *slog.Logger
}

// NewEngine assembles the engine that ships.
func NewEngine(cfg *config.Config, d Deps) (*policy.Engine, error) {
	org, err := recipient.NewOrganization(cfg.Organization.Domains, cfg.Organization.Subdomains)
	if err != nil {
		return nil, fmt.Errorf("read organization: %w", err)
	}
	partners, err := recipient.NewTrusted(trusted(cfg))
	if err != nil {
		return nil, fmt.Errorf("read partners: %w", err)
	}
	journals, err := journalMailboxes(cfg)
	if err != nil {
		return nil, err
	}
	limits := Limits(cfg)
	reader := NewReader(limits)
	if err := reader.follow(d.Own); err != nil {
		return nil, err
	}
	return &policy.Engine{
		Inspector: &Inspector{Reader: reader, Workers: d.Workers, Domains: cfg.Organization.Domains, Limits: limits,
			Companions: d.Companions, Log: d.Log},
		Checks:  Checks(Surroundings{Organization: org, History: d.History, Directory: d.Directory, Partners: partners, Journals: journals}),
		Decider: d.Decider,
		Log:     d.Log,
	}, nil
}

func journalMailboxes(cfg *config.Config) ([]email.Address, error) {
	var out []email.Address
	for _, s := range cfg.Organization.JournalMailboxes {
		a, err := email.ParseAddress(s)
		if err != nil {
			return nil, fmt.Errorf("read journal mailbox %q: %w", s, err)
		}
		out = append(out, a)
	}
	return out, nil
}

func trusted(cfg *config.Config) []recipient.Partner {
	var out []recipient.Partner
	for _, p := range cfg.Partners {
		entry := recipient.Partner{Entry: p.Domain}
		if !p.Until.IsZero() {
			entry.Until = p.Until.End(cfg.Organization.Location())
		}
		out = append(out, entry)
	}
	return out
}

// Limits are the scan limits of the configuration.
func Limits(cfg *config.Config) policy.Limits {
	s := cfg.Limits.Scan
	return policy.Limits{
		MIMEDepth: s.MIMEDepth, Parts: s.Parts, ForeignDepth: s.ForeignDepth, HeaderBytes: int64(s.HeaderSize),
		ArchiveDepth: s.ArchiveDepth, ArchiveEntries: s.ArchiveEntries,
		ExpandedBytes: int64(s.ExpandedSize), MemberBytes: int64(s.MemberSize),
		Ratio: int64(s.Ratio), RatioFrom: int64(s.RatioFrom),
		Cells: s.Cells, TextBytes: int64(s.TextSize),
		// The rest is the process itself, the collector, and room to come to an end in.
		Memory:   int64(cfg.Workers.Memory) * 13 / 16,
		PDFPages: s.PDFPages, PDFTime: time.Duration(s.PDFTime),
		Pixels: s.Pixels, OCRPages: s.OCRPages, OCRTime: time.Duration(s.OCRTime),
	}
}
