package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

func accountPlace(id email.ID) string { return "account " + string(id) }

// Account finds an account, or quarantine.ErrNotFound.
func (s *Store) Account(ctx context.Context, id email.ID) (*quarantine.Account, error) {
	return s.oneAccount(ctx, "id = $2", id)
}

// AccountNamed finds the account with this address, or quarantine.ErrNotFound.
func (s *Store) AccountNamed(ctx context.Context, address email.Address) (*quarantine.Account, error) {
	return s.oneAccount(ctx, "address_key = $2", address.Key())
}

func (s *Store) oneAccount(ctx context.Context, where string, value any) (*quarantine.Account, error) {
	list, err := s.accounts(ctx, where, s.scope.Organization, value)
	if err != nil {
		return nil, fmt.Errorf("find account: %w", s.d.explain(err))
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("find account: %w", quarantine.ErrNotFound)
	}
	return list[0], nil
}

// Accounts lists all accounts by address.
func (s *Store) Accounts(ctx context.Context) ([]*quarantine.Account, error) {
	list, err := s.accounts(ctx, "1 = 1", s.scope.Organization)
	if err != nil {
		return nil, fmt.Errorf("list accounts: %w", s.d.explain(err))
	}
	return list, nil
}

func (s *Store) accounts(ctx context.Context, where string, values ...any) ([]*quarantine.Account, error) {
	var out []*quarantine.Account
	err := each(ctx, s.read, `SELECT id, version, sealed FROM accounts WHERE organization = $1 AND `+where+` ORDER BY address_key`, values,
		func(r *sql.Rows) error {
			var id email.ID
			var version int64
			var shut []byte
			if err := r.Scan(&id, &version, &shut); err != nil {
				return err //nolint:wrapcheck // each wraps it
			}
			a := &quarantine.Account{}
			if err := s.keys.unwrap(shut, accountPlace(id), a); err != nil {
				return err
			}
			a.Version = version
			out = append(out, a)
			return nil
		})
	return out, err
}

// PutAccount writes an account and counts its version on. It is
// quarantine.ErrTaken when another account has the address, and
// quarantine.ErrChanged when the stored version is not a.Version; 0 stands for
// an account that must not exist yet.
func (s *Store) PutAccount(ctx context.Context, a *quarantine.Account) error {
	shut, err := s.keys.wrap(a, accountPlace(a.ID))
	if err != nil {
		return err
	}
	err = s.group.submit(ctx, func(ctx context.Context, tx *sql.Tx) error {
		var other email.ID
		err := tx.QueryRowContext(ctx, `SELECT id FROM accounts WHERE organization = $1 AND address_key = $2`,
			s.scope.Organization, a.Address.Key()).Scan(&other)
		switch {
		case err != nil && !errors.Is(err, sql.ErrNoRows):
			return err //nolint:wrapcheck // wrapped below
		case err == nil && other != a.ID:
			return quarantine.ErrTaken
		}
		if a.Version == 0 {
			res, err := tx.ExecContext(ctx, `INSERT INTO accounts (id, organization, address_key, version, sealed) VALUES ($1, $2, $3, 1, $4)
				ON CONFLICT DO NOTHING`, a.ID, s.scope.Organization, a.Address.Key(), shut)
			return one(res, err)(quarantine.ErrChanged)
		}
		res, err := tx.ExecContext(ctx, `UPDATE accounts SET address_key = $1, version = version + 1, sealed = $2
			WHERE organization = $3 AND id = $4 AND version = $5`, a.Address.Key(), shut, s.scope.Organization, a.ID, a.Version)
		return one(res, err)(quarantine.ErrChanged)
	})
	if err != nil {
		return fmt.Errorf("write account: %w", s.d.explain(err))
	}
	a.Version++
	return nil
}
