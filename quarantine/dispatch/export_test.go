package dispatch

import (
	"context"
	"time"
)

// WithoutPauses makes the pauses between attempts to record an outcome vanish.
func (d *Dispatcher) WithoutPauses() { d.pause = func(context.Context, time.Duration) {} }
