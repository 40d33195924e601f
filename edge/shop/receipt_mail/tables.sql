-- Local state: receipts that go out by e-mail. `address` is sealed under the key of `person`, who is made for it; both
-- are gone once the mail is out or given up.
CREATE TABLE receipt_mail (
    id         INTEGER PRIMARY KEY,
    register   TEXT NOT NULL,
    number     INTEGER NOT NULL,
    seq        INTEGER NOT NULL,
    person     TEXT NOT NULL,
    address    TEXT NOT NULL,
    language   TEXT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'unknown', 'failed')),
    why        TEXT NOT NULL DEFAULT '',
    tries      INTEGER NOT NULL DEFAULT 0,
    made_us    INTEGER NOT NULL,
    next_us    INTEGER NOT NULL,
    changed_us INTEGER NOT NULL
) STRICT;
CREATE INDEX receipt_mail_receipt ON receipt_mail (register, number);
CREATE INDEX receipt_mail_due ON receipt_mail (next_us) WHERE state IN ('queued', 'sending');
