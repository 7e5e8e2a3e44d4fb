-- The console: who can log in, who is logged in, saved searches, API tokens, and
-- what the event log is searched by.

-- +goose Up
CREATE TABLE accounts (
    id           TEXT   NOT NULL,
    organization BIGINT NOT NULL,
    address_key  TEXT   NOT NULL, -- lower case
    version      BIGINT NOT NULL,
    sealed       BYTEA  NOT NULL,
    PRIMARY KEY (organization, id)
);
CREATE UNIQUE INDEX accounts_address ON accounts (organization, address_key);

CREATE TABLE sessions (
    id           TEXT   NOT NULL, -- hash of the cookie's value
    organization BIGINT NOT NULL,
    account      TEXT   NOT NULL, -- '' before the second factor
    created      BIGINT NOT NULL,
    seen         BIGINT NOT NULL,
    until        BIGINT NOT NULL,
    sealed       BYTEA  NOT NULL,
    PRIMARY KEY (organization, id)
);
CREATE INDEX sessions_account ON sessions (organization, account);
CREATE INDEX sessions_until ON sessions (organization, until);

CREATE TABLE saved_views (
    id           TEXT   NOT NULL,
    organization BIGINT NOT NULL,
    account      TEXT   NOT NULL,
    name         TEXT   NOT NULL,
    query        TEXT   NOT NULL,
    created      BIGINT NOT NULL,
    PRIMARY KEY (organization, account, id)
);

CREATE TABLE tokens (
    id           TEXT   NOT NULL,
    organization BIGINT NOT NULL,
    account      TEXT   NOT NULL,
    hash         TEXT   NOT NULL, -- SHA-256 of the key
    name         TEXT   NOT NULL,
    scopes       TEXT   NOT NULL, -- JSON list
    created      BIGINT NOT NULL,
    expires      BIGINT NOT NULL,
    used         BIGINT NOT NULL,
    PRIMARY KEY (organization, id)
);
CREATE UNIQUE INDEX tokens_hash ON tokens (organization, hash);
CREATE INDEX tokens_account ON tokens (organization, account);

-- What is searched stands beside the canonical form and counts for nothing in
-- the chain.
ALTER TABLE events ADD COLUMN at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE events ADD COLUMN verb TEXT NOT NULL DEFAULT '';
ALTER TABLE events ADD COLUMN actor TEXT NOT NULL DEFAULT ''; -- lower case
CREATE INDEX events_at ON events (organization, at);
CREATE INDEX events_verb ON events (organization, verb, at);
CREATE INDEX events_actor ON events (organization, actor, at);
CREATE INDEX holds_created ON holds (organization, kind, created);

-- +goose Down
DROP INDEX holds_created;
DROP INDEX events_actor;
DROP INDEX events_verb;
DROP INDEX events_at;
ALTER TABLE events DROP COLUMN actor;
ALTER TABLE events DROP COLUMN verb;
ALTER TABLE events DROP COLUMN at;
DROP TABLE tokens;
DROP TABLE saved_views;
DROP TABLE sessions;
DROP TABLE accounts;
