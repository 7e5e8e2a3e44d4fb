-- Answers of API calls that carried an idempotency key, so that the same call
-- again gets the same answer. The answer is sealed with the caller's token, which
-- stands nowhere; NULL while the call is under way.

-- +goose Up
CREATE TABLE answers (
    id           TEXT   NOT NULL, -- hash of token and key
    organization BIGINT NOT NULL,
    print        TEXT   NOT NULL, -- hash of the call
    at           BIGINT NOT NULL,
    sealed       BYTEA,
    PRIMARY KEY (organization, id)
);
CREATE INDEX answers_at ON answers (organization, at);

-- +goose Down
DROP TABLE answers;
