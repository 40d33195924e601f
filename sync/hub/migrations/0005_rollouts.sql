-- Publications watch the stores that have them, go to named stores first, and are taken back.
ALTER TABLE publication ADD COLUMN back json NOT NULL DEFAULT '[]';
ALTER TABLE publication ADD COLUMN watched boolean NOT NULL DEFAULT true;
ALTER TABLE publication DROP CONSTRAINT publication_state_check;
ALTER TABLE publication ADD CONSTRAINT publication_state_check CHECK (state IN
    ('draft', 'waiting', 'approved', 'rejected', 'going', 'stopped', 'done', 'going_back', 'taken_back'));
COMMENT ON COLUMN publication.reach IS 'For which: {stores, groups, first}; null in the first two: for all.';
COMMENT ON COLUMN publication.back IS 'What undoes it: [{kind, body}]; settings are undone without.';
COMMENT ON COLUMN publication.watched IS 'Whether it stops by itself as stores that have it get worse.';
COMMENT ON COLUMN publication.state IS 'draft, waiting, approved, rejected, going, stopped, done, going_back or taken_back.';

ALTER TABLE publication_store ADD COLUMN sent_at timestamptz;
ALTER TABLE publication_store ADD COLUMN before jsonb NOT NULL DEFAULT '{}';
ALTER TABLE publication_store DROP CONSTRAINT publication_store_state_check;
ALTER TABLE publication_store ADD CONSTRAINT publication_store_state_check CHECK (state IN
    ('waiting', 'sent', 'applied', 'skipped', 'failed', 'worse', 'back'));
COMMENT ON COLUMN publication_store.state IS 'waiting, sent, applied, skipped (it comes when the store does), failed, worse (than before it) or back (taken back).';
COMMENT ON COLUMN publication_store.reason IS 'Why it was skipped, failed or is worse; taken back: which settings others have changed since, and stay.';
COMMENT ON COLUMN publication_store.sent_at IS 'When it was sent; NULL: not yet.';
COMMENT ON COLUMN publication_store.before IS 'What each of its settings was there, by name: {value} or null where its file held.';
