package config

// Hold is how held mail is kept and how deadlines are counted.
type Hold struct {
	// JoinFor is how long a further copy of a mail (same sender, Message-ID and
	// content) joins the hold of the first.
	JoinFor Duration `key:"join_for" default:"5d" validate:"least=1m"`
	// Deadline is how long a mail waits for a decision when its rule names no
	// deadline: "24h", "8 working hours", "3 working days".
	Deadline Deadline `key:"deadline" default:"3 working days" validate:"required"`
	// WorkingHours are what deadlines in working hours count.
	WorkingHours WorkingHours `key:"working_hours"`
	// HolidaysFile lists days off, one a line: 2027-01-01 and, after a blank, a
	// name; lines that begin with # are left out. Empty: no holidays but the days
	// that are not working days.
	HolidaysFile string `key:"holidays_file" path:"file"`
	// Holidays are the days of HolidaysFile, "2027-01-01".
	Holidays map[string]bool `key:"-"`
	// OnUnknownOutcome is what happens to a mail whose answer from the next hop
	// was lost in a crash: resend (it may arrive twice) or park (somebody decides).
	OnUnknownOutcome string `key:"on_unknown_outcome" default:"resend" validate:"oneof=resend park"`
}

// WorkingHours are the hours in which somebody can be expected to decide.
type WorkingHours struct {
	// Days are the working days: mon tue wed thu fri sat sun.
	Days []string `key:"days" default:"mon,tue,wed,thu,fri" validate:"min=1,unique,dive,oneof=mon tue wed thu fri sat sun"`
	// From is when work begins, in the organisation's time zone.
	From Clock `key:"from" default:"09:00"`
	// To is when work ends.
	To Clock `key:"to" default:"18:00"`
}

// Dispatch is how released mail is sent to the next hop.
type Dispatch struct {
	// Retry are the waits between attempts; the last one repeats.
	Retry []Duration `key:"retry" default:"1m,5m,15m,30m,1h,2h,4h" validate:"min=1,dive,least=1s"`
	// GiveUpAfter is how long a released mail is tried before it bounces (RFC 5321
	// section 4.5.4.1: 4 to 5 days).
	GiveUpAfter Duration `key:"give_up_after" default:"5d" validate:"least=1m"`
	// Lease is how long a claimed delivery stays with a node that has fallen
	// silent. It is renewed while the node works.
	Lease Duration `key:"lease" default:"1m" validate:"least=10s"`
	// Senders is how many released mails are sent at a time.
	Senders int `key:"senders" default:"10" validate:"min=1,max=1000"`
}
