-- Receipts by mail and news of orders go out as all messages do: what waits in their own tables moves into the outbox.
DROP INDEX notify_message_waiting;
DROP INDEX notify_message_alert;
DROP INDEX notify_message_person;
DROP INDEX notify_message_provider;
ALTER TABLE notify_message RENAME TO notify_message_before;
CREATE TABLE notify_message (
    id         INTEGER PRIMARY KEY,
    key        TEXT NOT NULL UNIQUE,
    alert      INTEGER NOT NULL,
    what       TEXT NOT NULL,
    severity   TEXT NOT NULL,
    person     TEXT NOT NULL,
    channel    TEXT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'delivered', 'unknown', 'failed', 'suppressed')),
    why        TEXT NOT NULL DEFAULT '',
    detail     TEXT NOT NULL DEFAULT '',
    tries      INTEGER NOT NULL DEFAULT 0,
    made_us    INTEGER NOT NULL,
    next_us    INTEGER NOT NULL,
    until_us   INTEGER NOT NULL,
    changed_us INTEGER NOT NULL,
    bundle     INTEGER NOT NULL DEFAULT 0,
    step       INTEGER NOT NULL DEFAULT 0,
    provider   TEXT NOT NULL DEFAULT '',
    body       TEXT NOT NULL DEFAULT '',
    about      TEXT NOT NULL DEFAULT ''
) STRICT;
INSERT INTO notify_message SELECT *, '' FROM notify_message_before;
DROP TABLE notify_message_before;
CREATE INDEX notify_message_waiting ON notify_message (channel, next_us) WHERE state IN ('queued', 'sending');
CREATE INDEX notify_message_alert ON notify_message (alert);
CREATE INDEX notify_message_person ON notify_message (person, channel, changed_us);
CREATE INDEX notify_message_provider ON notify_message (provider) WHERE provider <> '';

INSERT INTO notify_message (key, alert, what, severity, person, channel, state, why, tries, made_us, next_us, until_us,
                            changed_us, body, about)
SELECT 'receipt:' || register || ':' || number || ':' || person, 0, 'receipt', 'medium', person, 'email', state, why, tries,
       made_us, next_us, made_us + 86400000000, changed_us, address,
       json_object('register', register, 'number', number, 'seq', seq, 'language', language)
FROM receipt_mail ORDER BY id;
DROP TABLE receipt_mail;

INSERT INTO notify_message (key, alert, what, severity, person, channel, state, why, tries, made_us, next_us, until_us,
                            changed_us, about)
SELECT 'order:' || order_id || ':' || about || ':' || id, 0, 'order', 'medium', 'order:' || order_id, '', state, why, tries,
       made_us, next_us, made_us + 7200000000, changed_us, json_object('order', order_id, 'step', about)
FROM order_news WHERE state <> 'stopped' ORDER BY id;

CREATE TABLE order_quiet (
    order_id TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
INSERT INTO order_quiet (order_id) SELECT DISTINCT order_id FROM order_news WHERE state = 'stopped';
DROP TABLE order_news;
