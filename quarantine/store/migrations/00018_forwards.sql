-- Holds that asked about an automatic forward and whose answer stands.

-- +goose Up
ALTER TABLE holds ADD COLUMN forwards BIGINT NOT NULL DEFAULT 0; -- 1 while it stands
UPDATE holds SET forwards = 1 WHERE rules LIKE '%"auto-forward%';
CREATE INDEX holds_forwards ON holds (organization, id) WHERE forwards = 1;

-- +goose Down
DROP INDEX holds_forwards;
ALTER TABLE holds DROP COLUMN forwards;
