-- What later mails find an earlier one by: its Message-ID, the UID of its
-- invitation, sender and receiver of an encrypted file, the hold it follows.

-- +goose Up
CREATE TABLE ties (
    organization BIGINT NOT NULL,
    node         BIGINT NOT NULL,
    segment      BIGINT NOT NULL,
    key          BYTEA  NOT NULL, -- keyed hash of kind and values
    at           BIGINT NOT NULL, -- when the mail came
    hold         TEXT   NOT NULL, -- '' for a mail that left without being held
    until        BIGINT NOT NULL,
    PRIMARY KEY (organization, key, at, hold)
);
CREATE INDEX ties_until ON ties (organization, until);

-- +goose Down
DROP TABLE ties;
