-- One row for a mail that has passed: the line with its result takes the line
-- before the dot in.

-- +goose Up
ALTER TABLE records ADD COLUMN intent BIGINT NOT NULL DEFAULT 0; -- number of the line that is in this row too, 0 for none

-- +goose Down
DELETE FROM records WHERE intent > 0; -- they are in the journal's segments
ALTER TABLE records DROP COLUMN intent;
