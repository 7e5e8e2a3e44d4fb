package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// sealedHold is what of a hold is sealed.
type sealedHold struct {
	Facts   policy.Message `json:"facts"`
	Verdict policy.Verdict `json:"verdict"`
}

func holdPlace(id email.ID) string            { return "hold " + string(id) }
func copyPlace(id email.ID) string            { return "copy " + string(id) }
func revisionPlace(id email.ID, n int) string { return fmt.Sprintf("revision %s %d", id, n) }

func (s *Store) insertHold(ctx context.Context, tx *sql.Tx, h *quarantine.Hold) error {
	if h.Scope.Organization != s.scope.Organization {
		return fmt.Errorf("insert hold: it belongs to organisation %d, the store to %d", h.Scope.Organization, s.scope.Organization)
	}
	rules, err := jsonText(h.Rules, len(h.Rules) == 0)
	if err != nil {
		return err
	}
	decision, err := jsonText(h.Decision, h.Decision.IsZero())
	if err != nil {
		return err
	}
	terms, err := jsonText(h.Terms, false)
	if err != nil {
		return err
	}
	shut, err := s.keys.wrap(sealedHold{h.Facts, h.Verdict}, holdPlace(h.ID))
	if err != nil {
		return err
	}
	desk, err := s.shutDesk(h)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO holds (id, organization, node, segment, kind, parent, created, version,
		sender, sender_key, subject, message_id, rules, deadline, decision, terms, sealed, look, desk, forwards)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)`,
		h.ID, h.Scope.Organization, h.Scope.Node, h.Scope.Segment, h.Kind, h.Parent, micros(h.Created), h.Version,
		h.Sender.String(), h.Sender.Key(), h.Subject, s.keys.messageID(h.Facts.Header.MessageID), rules,
		micros(h.Deadline), decision, terms, shut, micros(h.Look), desk, bit(h.Standing()))
	if err != nil {
		return fmt.Errorf("insert hold: %w", err)
	}
	if err := s.writeParties(ctx, tx, h, false); err != nil {
		return err
	}
	if err := s.insertTies(ctx, tx, h.ID, h.Created, h.References); err != nil {
		return err
	}
	for _, c := range h.Copies {
		if err := s.insertCopy(ctx, tx, h, c); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) insertCopy(ctx context.Context, tx *sql.Tx, h *quarantine.Hold, c *quarantine.Copy) error {
	shut, err := s.keys.wrap(c.Envelope, copyPlace(c.ID))
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO copies (id, organization, node, segment, hold, number, sealed)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		c.ID, h.Scope.Organization, h.Scope.Node, h.Scope.Segment, h.ID, c.Number, shut)
	if err != nil {
		return fmt.Errorf("insert copy: %w", err)
	}
	if err := s.insertRevisions(ctx, tx, h, c, c.Revisions); err != nil {
		return err
	}
	return s.insertDeliveries(ctx, tx, h, c, 0, len(c.Deliveries))
}

func (s *Store) insertRevisions(ctx context.Context, tx *sql.Tx, h *quarantine.Hold, c *quarantine.Copy, revisions []*quarantine.Revision) error {
	for _, r := range revisions {
		shut, err := s.keys.wrap(r.Verdict, revisionPlace(c.ID, r.Number))
		if err != nil {
			return err
		}
		by, err := jsonText(r.By, false)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO revisions (copy, organization, node, segment, number, hold, repair, body, size, created, made_by, sealed)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
			c.ID, h.Scope.Organization, h.Scope.Node, h.Scope.Segment, r.Number, h.ID, r.Repair, r.Body.String(), r.Size,
			micros(r.Created), by, shut)
		if err != nil {
			return fmt.Errorf("insert revision: %w", err)
		}
	}
	return nil
}

// rowsAtOnce keeps a multi-row INSERT below SQLite's default of 32,766 and
// PostgreSQL's 65,535 values.
const rowsAtOnce = 200

// insertDeliveries writes those from index from up to index to.
func (s *Store) insertDeliveries(ctx context.Context, tx *sql.Tx, h *quarantine.Hold, c *quarantine.Copy, from, to int) error {
	for ; from < to; from += rowsAtOnce {
		var a args
		var rows []string
		for i := from; i < min(to, from+rowsAtOnce); i++ {
			d := c.Deliveries[i]
			options, err := jsonText(d.Recipient.Options, false)
			if err != nil {
				return err
			}
			reply, err := jsonText(d.Reply, d.Reply.IsZero())
			if err != nil {
				return err
			}
			decision, err := jsonText(d.Decision, d.Decision.IsZero())
			if err != nil {
				return err
			}
			rows = append(rows, "("+list(&a, []any{d.ID, h.Scope.Organization, h.Scope.Node, h.Scope.Segment, h.ID, c.ID, i,
				d.Recipient.Address.String(), d.Recipient.Address.Key(), options, d.Action.String(), d.State,
				micros(d.Due), micros(d.Since), d.Revision, d.Version, d.Attempts, d.Lost, d.Owner, bit(d.Attempting),
				bit(d.Bounce), reply, decision, micros(d.Ended)})+")")
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO deliveries (id, organization, node, segment, hold, copy, place,
			address, address_key, options, action, state, due, since, revision, version, attempts, lost, owner, attempting,
			bounce, reply, decision, ended) VALUES `+strings.Join(rows, ", "), a.values...)
		if err != nil {
			return fmt.Errorf("insert deliveries: %w", err)
		}
	}
	return nil
}
