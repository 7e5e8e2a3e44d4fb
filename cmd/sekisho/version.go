package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print version, platform, and what helps with reading (OCR, Tika)",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			_, err := fmt.Fprintf(c.OutOrStdout(), "sekisho %s %s %s/%s\n%s", buildVersion(), runtime.Version(), runtime.GOOS, runtime.GOARCH, readingHelp(c))
			if err != nil {
				return fmt.Errorf("print version: %w", err)
			}
			return nil
		},
	}
}

// readingHelp says what helps with reading. A configuration that cannot be loaded
// is named, and keeps nobody from learning the version.
func readingHelp(c *cobra.Command) string {
	cfg, err := loadConfig(c)
	if err != nil {
		return fmt.Sprintf("ocr  unknown\ntika unknown\nconfiguration: %v\n", err)
	}
	services := openServices(cfg)
	defer services.Close()
	ocr := services.OCR
	if ocr == "" {
		ocr = "none, pictures are not read: " + services.OCRMissing.Error()
	}
	tika := services.Tika
	if tika == "" {
		tika = "none"
	}
	return fmt.Sprintf("ocr  %s\ntika %s\n", ocr, tika)
}

// buildVersion is what the linker set, else what the Go tool knows.
func buildVersion() string {
	if version != "unknown" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return version
}
