-- Decisions about all that waits of one sender or rule: what was asked for and
-- how far it has come, so that it goes on after a crash.

-- +goose Up
CREATE TABLE bulks (
    id           TEXT   NOT NULL,
    organization BIGINT NOT NULL,
    node         BIGINT NOT NULL,
    segment      BIGINT NOT NULL,
    created      BIGINT NOT NULL,
    ended        BIGINT NOT NULL DEFAULT 0, -- 0 while it runs
    noticed      BIGINT NOT NULL DEFAULT 0, -- 1 when its end was told
    owner        TEXT   NOT NULL DEFAULT '',
    lease        BIGINT NOT NULL DEFAULT 0, -- until when the owner works on it
    sealed       BYTEA  NOT NULL,           -- the order and its counts
    PRIMARY KEY (organization, id)
);
CREATE INDEX bulks_open ON bulks (organization, id) WHERE ended = 0 OR noticed = 0;

-- +goose Down
DROP TABLE bulks;
