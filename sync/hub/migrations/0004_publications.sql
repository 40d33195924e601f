-- What is published to many stores at once: written by one, approved by another, and sent in waves, of which the next
-- begins when this one's boxes have done it.
CREATE TABLE publication (
    tenant       text   NOT NULL,
    id           text   NOT NULL,
    title        text   NOT NULL DEFAULT '',
    directives   json   NOT NULL,
    reach        jsonb  NOT NULL,
    from_at      timestamptz,
    pause_s      bigint NOT NULL DEFAULT 3600,
    digest       text   NOT NULL,
    state        text   NOT NULL DEFAULT 'draft'
        CHECK (state IN ('draft', 'waiting', 'approved', 'rejected', 'going', 'stopped', 'done')),
    made_by      text   NOT NULL,
    decided_by   text   NOT NULL DEFAULT '',
    reason       text   NOT NULL DEFAULT '',
    wave         bigint NOT NULL DEFAULT 0,
    wave_done_at timestamptz,
    made_at      timestamptz NOT NULL DEFAULT now(),
    changed_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, id)
);
COMMENT ON TABLE publication IS 'What is published to many stores at once, with a yes and in waves.';
COMMENT ON COLUMN publication.tenant IS 'Whose it is.';
COMMENT ON COLUMN publication.id IS 'Its id, as who wrote it chose.';
COMMENT ON COLUMN publication.title IS 'What people call it.';
COMMENT ON COLUMN publication.directives IS 'What each store is sent, in order: [{kind, body}], as it was written: the digest is of that.';
COMMENT ON COLUMN publication.reach IS 'For which: {stores, groups}; null in both: for all.';
COMMENT ON COLUMN publication.from_at IS 'Not before; NULL: once it is approved.';
COMMENT ON COLUMN publication.pause_s IS 'How long one wave is watched before the next (seconds).';
COMMENT ON COLUMN publication.digest IS 'SHA-256 of all that is approved (hexadecimal).';
COMMENT ON COLUMN publication.state IS 'draft, waiting, approved, rejected, going, stopped or done.';
COMMENT ON COLUMN publication.made_by IS 'Who wrote it last: they do not approve it.';
COMMENT ON COLUMN publication.decided_by IS 'Who said yes or no last; empty: nobody.';
COMMENT ON COLUMN publication.reason IS 'Why it was rejected or stopped.';
COMMENT ON COLUMN publication.wave IS 'Which wave it is at, from 0.';
COMMENT ON COLUMN publication.wave_done_at IS 'Since when that one is done; NULL: it is not.';
COMMENT ON COLUMN publication.made_at IS 'When it was written first.';
COMMENT ON COLUMN publication.changed_at IS 'When anything of it changed last.';

CREATE TABLE publication_store (
    tenant     text   NOT NULL,
    store      text   NOT NULL,
    id         text   NOT NULL,
    wave       bigint NOT NULL,
    state      text   NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'applied', 'skipped', 'failed')),
    reason     text   NOT NULL DEFAULT '',
    versions   bigint[] NOT NULL DEFAULT '{}',
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, store, id)
);
CREATE INDEX publication_store_of ON publication_store (tenant, id, wave);
COMMENT ON TABLE publication_store IS 'How far a publication is in each store.';
COMMENT ON COLUMN publication_store.tenant IS 'Whose it is.';
COMMENT ON COLUMN publication_store.store IS 'The store.';
COMMENT ON COLUMN publication_store.id IS 'The publication.';
COMMENT ON COLUMN publication_store.wave IS 'In which wave, from 0.';
COMMENT ON COLUMN publication_store.state IS 'waiting, sent, applied, skipped (it comes when the store does) or failed.';
COMMENT ON COLUMN publication_store.reason IS 'Why it was skipped or failed.';
COMMENT ON COLUMN publication_store.versions IS 'The directives that it became there.';
COMMENT ON COLUMN publication_store.changed_at IS 'Since when.';

COMMENT ON COLUMN membership.role IS 'viewer, editor, approver, owner or support (sync/hub/api/staff.py).';
COMMENT ON COLUMN office_log.what IS 'tenant, store, person or publication.';

CALL protect_tables();
REVOKE INSERT, DELETE ON publication FROM edge_hub_worker;
REVOKE DELETE ON publication_store FROM edge_hub_worker;
GRANT INSERT, UPDATE ON publication TO edge_hub_publisher;
GRANT UPDATE ON publication_store TO edge_hub_publisher;
