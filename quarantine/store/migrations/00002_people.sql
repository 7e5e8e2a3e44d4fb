-- What people have to do with a hold: who decides, what they were told, their
-- personal links.

-- +goose Up
ALTER TABLE holds ADD COLUMN look BIGINT NOT NULL DEFAULT 0; -- when the notices look at it next, 0 for never
ALTER TABLE holds ADD COLUMN desk BYTEA NOT NULL DEFAULT ''; -- sealed: assignment, note, notices written
CREATE INDEX holds_look ON holds (organization, look) WHERE look > 0;

CREATE TABLE parties (
    organization BIGINT NOT NULL,
    node         BIGINT NOT NULL,
    segment      BIGINT NOT NULL,
    hold         TEXT   NOT NULL,
    part         TEXT   NOT NULL, -- approver, or mine
    address_key  TEXT   NOT NULL, -- lower case
    PRIMARY KEY (organization, part, address_key, hold)
);
CREATE INDEX parties_hold ON parties (hold, organization);

CREATE TABLE links (
    organization BIGINT NOT NULL,
    node         BIGINT NOT NULL,
    segment      BIGINT NOT NULL,
    hash         TEXT   NOT NULL, -- SHA-256 of the key
    hold         TEXT   NOT NULL,
    person       TEXT   NOT NULL,
    person_key   TEXT   NOT NULL, -- lower case
    purpose      TEXT   NOT NULL,
    issued       BIGINT NOT NULL,
    expires      BIGINT NOT NULL,
    spent        BIGINT NOT NULL,
    PRIMARY KEY (organization, hash)
);
CREATE INDEX links_hold ON links (hold, organization, person_key);
CREATE INDEX links_expires ON links (organization, expires);

-- +goose Down
DROP TABLE links;
DROP TABLE parties;
DROP INDEX holds_look;
ALTER TABLE holds DROP COLUMN desk;
ALTER TABLE holds DROP COLUMN look;
