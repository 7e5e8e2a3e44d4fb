-- One text for SQLite and PostgreSQL: BIGINT, TEXT and BYTEA mean the same to
-- both (SQLite stores a blob in a BYTEA column as it is). Times are microseconds
-- since 1970 in UTC, 0 for none. Columns named sealed are encrypted.

-- +goose Up
CREATE TABLE holds (
    id           TEXT   NOT NULL,
    organization BIGINT NOT NULL,
    node         BIGINT NOT NULL,
    segment      BIGINT NOT NULL,
    kind         TEXT   NOT NULL,
    parent       TEXT   NOT NULL,
    created      BIGINT NOT NULL,
    version      BIGINT NOT NULL,
    sender       TEXT   NOT NULL, -- as received
    sender_key   TEXT   NOT NULL, -- lower case
    subject      TEXT   NOT NULL, -- masked
    message_id   BYTEA  NOT NULL, -- keyed hash, empty without one
    rules        TEXT   NOT NULL, -- JSON list
    deadline     BIGINT NOT NULL,
    decision     TEXT   NOT NULL, -- JSON, '' while undecided
    terms        TEXT   NOT NULL, -- JSON
    sealed       BYTEA  NOT NULL, -- facts and verdict
    PRIMARY KEY (id, organization, node, segment)
);
CREATE INDEX holds_sender ON holds (organization, sender_key, id);
CREATE INDEX holds_message_id ON holds (organization, message_id);

CREATE TABLE copies (
    id           TEXT   NOT NULL,
    organization BIGINT NOT NULL,
    node         BIGINT NOT NULL,
    segment      BIGINT NOT NULL,
    hold         TEXT   NOT NULL,
    number       BIGINT NOT NULL,
    sealed       BYTEA  NOT NULL, -- envelope
    PRIMARY KEY (id, organization, node, segment)
);
CREATE INDEX copies_hold ON copies (hold, organization);

CREATE TABLE revisions (
    copy         TEXT   NOT NULL,
    organization BIGINT NOT NULL,
    node         BIGINT NOT NULL,
    segment      BIGINT NOT NULL,
    number       BIGINT NOT NULL,
    hold         TEXT   NOT NULL,
    repair       TEXT   NOT NULL,
    body         TEXT   NOT NULL, -- SHA-256 of the bytes
    size         BIGINT NOT NULL,
    created      BIGINT NOT NULL,
    made_by      TEXT   NOT NULL, -- JSON
    sealed       BYTEA  NOT NULL, -- verdict
    PRIMARY KEY (copy, organization, node, segment, number)
);
CREATE INDEX revisions_hold ON revisions (hold, organization);
CREATE INDEX revisions_body ON revisions (body);

CREATE TABLE deliveries (
    id           TEXT   NOT NULL,
    organization BIGINT NOT NULL,
    node         BIGINT NOT NULL,
    segment      BIGINT NOT NULL,
    hold         TEXT   NOT NULL,
    copy         TEXT   NOT NULL,
    place        BIGINT NOT NULL, -- order within the copy
    address      TEXT   NOT NULL,
    address_key  TEXT   NOT NULL,
    options      TEXT   NOT NULL, -- JSON
    action       TEXT   NOT NULL,
    state        TEXT   NOT NULL,
    due          BIGINT NOT NULL,
    since        BIGINT NOT NULL,
    revision     BIGINT NOT NULL,
    version      BIGINT NOT NULL,
    attempts     BIGINT NOT NULL,
    lost         BIGINT NOT NULL,
    owner        TEXT   NOT NULL,
    attempting   BIGINT NOT NULL,
    bounce       BIGINT NOT NULL,
    reply        TEXT   NOT NULL, -- JSON, '' before the first
    decision     TEXT   NOT NULL, -- JSON, '' while undecided
    ended        BIGINT NOT NULL,
    PRIMARY KEY (id, organization, node, segment)
);
CREATE INDEX deliveries_hold ON deliveries (hold, organization);
CREATE INDEX deliveries_address ON deliveries (organization, address_key, hold);
CREATE INDEX deliveries_state ON deliveries (organization, state, hold);
-- What has no end yet. Queries repeat the condition word for word, or SQLite
-- would not use the index.
CREATE INDEX deliveries_due ON deliveries (organization, due, id) WHERE ended = 0;
CREATE INDEX deliveries_bounce ON deliveries (organization, hold) WHERE bounce = 1;

CREATE TABLE joins (
    organization BIGINT NOT NULL,
    segment      BIGINT NOT NULL,
    node         BIGINT NOT NULL,
    key          BYTEA  NOT NULL, -- keyed hash of sender, Message-ID and content digest
    hold         TEXT   NOT NULL,
    until        BIGINT NOT NULL,
    PRIMARY KEY (organization, segment, key)
);
CREATE INDEX joins_until ON joins (until);

CREATE TABLE orders (
    organization BIGINT NOT NULL,
    node         BIGINT NOT NULL,
    segment      BIGINT NOT NULL,
    key          TEXT   NOT NULL, -- idempotency key
    print        TEXT   NOT NULL,
    at           BIGINT NOT NULL,
    PRIMARY KEY (organization, key)
);

CREATE TABLE events (
    organization BIGINT NOT NULL,
    node         BIGINT NOT NULL,
    segment      BIGINT NOT NULL,
    seq          BIGINT NOT NULL,
    hold         TEXT   NOT NULL,
    hash         BYTEA  NOT NULL,
    canonical    BYTEA  NOT NULL, -- JSON; hash is over exactly these bytes
    PRIMARY KEY (organization, node, segment, seq)
);
CREATE INDEX events_hold ON events (hold, organization);

CREATE TABLE event_heads (
    organization BIGINT NOT NULL,
    node         BIGINT NOT NULL,
    segment      BIGINT NOT NULL,
    seq          BIGINT NOT NULL,
    hash         BYTEA  NOT NULL,
    mac          BYTEA  NOT NULL, -- keyed, over the columns before it
    PRIMARY KEY (organization, node, segment)
);

CREATE TABLE records (
    organization BIGINT NOT NULL,
    node         BIGINT NOT NULL,
    segment      BIGINT NOT NULL,
    seq          BIGINT NOT NULL,
    mail         TEXT   NOT NULL,
    hold         TEXT   NOT NULL,
    at           BIGINT NOT NULL,
    stage        TEXT   NOT NULL,
    direction    TEXT   NOT NULL,
    sender_key   TEXT   NOT NULL,
    action       TEXT   NOT NULL, -- of the verdict, '' without one
    hash         BYTEA  NOT NULL, -- of the line in the node's journal
    sealed       BYTEA  NOT NULL, -- the record
    PRIMARY KEY (organization, node, segment, seq)
);
CREATE INDEX records_mail ON records (organization, mail);
CREATE INDEX records_hold ON records (organization, hold) WHERE hold <> '';
CREATE INDEX records_at ON records (organization, at);
CREATE INDEX records_sender ON records (organization, sender_key, at);

CREATE TABLE rule_sets (
    organization BIGINT NOT NULL,
    digest       TEXT   NOT NULL,
    at           BIGINT NOT NULL,
    source       BYTEA  NOT NULL,
    PRIMARY KEY (organization, digest)
);

CREATE TABLE bypasses (
    id           TEXT   NOT NULL,
    organization BIGINT NOT NULL,
    node         BIGINT NOT NULL,
    segment      BIGINT NOT NULL,
    begins       BIGINT NOT NULL,
    ends         BIGINT NOT NULL,
    reason       TEXT   NOT NULL,
    opened_by    TEXT   NOT NULL, -- JSON
    PRIMARY KEY (id, organization)
);
CREATE INDEX bypasses_ends ON bypasses (organization, ends);

CREATE TABLE settings (
    organization BIGINT NOT NULL,
    name         TEXT   NOT NULL,
    value        TEXT   NOT NULL,
    at           BIGINT NOT NULL,
    PRIMARY KEY (organization, name)
);

-- +goose Down
DROP TABLE settings;
DROP TABLE bypasses;
DROP TABLE rule_sets;
DROP TABLE records;
DROP TABLE event_heads;
DROP TABLE events;
DROP TABLE orders;
DROP TABLE joins;
DROP TABLE deliveries;
DROP TABLE revisions;
DROP TABLE copies;
DROP TABLE holds;
