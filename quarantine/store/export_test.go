package store

import (
	"context"
	"fmt"
)

// DownTo brings a database back to an older schema.
func DownTo(ctx context.Context, o Options, version int64) error {
	s, err := connect(ctx, o)
	if err != nil {
		return err
	}
	defer s.Close()
	p, err := s.provider()
	if err != nil {
		return err
	}
	if _, err := p.DownTo(ctx, version); err != nil {
		return fmt.Errorf("go back: %w", err)
	}
	return nil
}
