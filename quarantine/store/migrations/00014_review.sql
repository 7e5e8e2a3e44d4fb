-- Mail that its sender sent first and that approvers have to look at.

-- +goose Up
ALTER TABLE holds ADD COLUMN review BIGINT NOT NULL DEFAULT 0; -- 1 while somebody has to look
CREATE INDEX holds_review ON holds (organization, id) WHERE review = 1;

-- +goose Down
DROP INDEX holds_review;
ALTER TABLE holds DROP COLUMN review;
