-- Directives are signed when they are published (sync/directive_signing.py): a box that has head office's key takes no
-- other, whatever the broker, or who can write into this database, hands it.
ALTER TABLE directive ADD COLUMN made_us bigint, ADD COLUMN expires_us bigint, ADD COLUMN signature bytea;

COMMENT ON COLUMN directive.made_us IS 'When it was signed, by this database''s clock, in microseconds; NULL: it is not.';
COMMENT ON COLUMN directive.expires_us IS 'When the signature ends, in microseconds.';
COMMENT ON COLUMN directive.signature IS 'Ed25519, by head office''s key.';
