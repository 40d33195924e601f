-- Who may do what. Roles belong to the whole cluster: they may be there already. Nobody logs in as one of them; a login
-- is given one. COPY does not work under row-level security (Postgres manual, COPY, Notes), and a worker serves
-- all tenants: so it bypasses that, and is held by its narrow rights instead.
DO $$
DECLARE
    one record;
BEGIN
    FOR one IN
        SELECT * FROM (VALUES ('edge_hub_worker', 'BYPASSRLS'), ('edge_hub_reader', ''), ('edge_hub_publisher', ''))
            AS wanted (role, attribute)
    LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = one.role) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN %s', one.role, one.attribute);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                NULL;  -- another database of this cluster was faster
            END;
        END IF;
        IF NOT pg_has_role(current_user, one.role, 'SET') THEN
            EXECUTE format('GRANT %I TO %I', one.role, current_user);
        END IF;
    END LOOP;
END $$;

-- One row a device: what we hold of it. A worker locks this row while it changes anything of the device.
CREATE TABLE device (
    tenant        text   NOT NULL,
    store         text   NOT NULL,
    device        text   NOT NULL,
    epoch         bigint NOT NULL DEFAULT 0,     -- the newest; older ones are fenced
    epochs        jsonb  NOT NULL DEFAULT '[]',  -- its history: [{epoch, first_seq, parent_epoch, parent_seq, parent_hash}]
    through       bigint NOT NULL DEFAULT 0,     -- rows 1 to this one are held, chain checked, and acknowledged
    through_hash  bytea  NOT NULL,
    stored        bigint NOT NULL DEFAULT 0,     -- the highest seq ever stored in any epoch
    stopped_epoch bigint,
    stopped_code  text,
    stopped_text  text,
    stopped_at    timestamptz,
    applied       bigint NOT NULL DEFAULT 0,     -- the last directive it has applied, as it says
    app           text   NOT NULL DEFAULT '',
    changed_at    timestamptz NOT NULL DEFAULT now(),
    heard_at      timestamptz,                    -- when its last message was dealt with
    barred        text   NOT NULL DEFAULT '',     -- why a person fenced it: nothing of it is taken until one lets it in again
    PRIMARY KEY (tenant, store, device)
);

-- Every row of every device and epoch, fenced ones too, exactly as it was written, by the month in which it was received:
-- what is old enough goes by dropping a table, and what is new stays in small indexes. A row is stored once because its
-- device's lock is held; the key says so within a month.
CREATE TABLE journal (
    tenant        text   NOT NULL,
    store         text   NOT NULL,
    device        text   NOT NULL,
    epoch         bigint NOT NULL,
    seq           bigint NOT NULL,
    command_id    bytea  NOT NULL,
    n             bigint NOT NULL,
    command_hash  bytea  NOT NULL,
    register      text   NOT NULL,
    actor         text   NOT NULL,
    surface       text   NOT NULL,
    business_date text   NOT NULL,
    at_us         bigint NOT NULL,
    mono_us       bigint NOT NULL,
    boot_id       bytea  NOT NULL,
    clock         text   NOT NULL,
    type          text   NOT NULL,
    version       bigint NOT NULL,
    body          bytea  NOT NULL,
    prev          bytea  NOT NULL,
    hash          bytea  NOT NULL,
    month         date   NOT NULL DEFAULT date_trunc('month', now() AT TIME ZONE 'UTC')::date,
    PRIMARY KEY (tenant, store, device, epoch, seq, month)
) PARTITION BY RANGE (month);

-- The tables of this month and of `ahead` more. ATTACH, unlike CREATE ... PARTITION OF, holds up nobody who writes.
CREATE FUNCTION add_journal_months(ahead int) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    this date;
    name text;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('journal months', 0));
    FOR later IN 0..ahead LOOP
        this := (date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => later))::date;
        name := to_char(this, '"journal_"YYYY_MM');
        CONTINUE WHEN to_regclass(name) IS NOT NULL;
        EXECUTE format('CREATE TABLE %I (LIKE journal INCLUDING ALL)', name);
        EXECUTE format(
            'ALTER TABLE journal ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
            name, this, (this + interval '1 month')::date
        );
    END LOOP;
END $$;

SELECT add_journal_months(0);

-- What is in files and no longer here (see hub/retention.py).
CREATE TABLE archived_month (
    month   date   PRIMARY KEY,
    file    text   NOT NULL,
    rows    bigint NOT NULL,
    sha256  bytea  NOT NULL,
    at      timestamptz NOT NULL DEFAULT now()
);

-- Whose rows went with it: a device with rows in files cannot be projected from its first row on.
CREATE TABLE archived_stretch (
    tenant   text   NOT NULL,
    store    text   NOT NULL,
    device   text   NOT NULL,
    month    date   NOT NULL REFERENCES archived_month ON DELETE CASCADE,
    rows     bigint NOT NULL,
    last_seq bigint NOT NULL,
    PRIMARY KEY (tenant, store, device, month)
);

-- The newest directive's version of each store; its row lock makes the versions free of gaps.
CREATE TABLE directive_head (
    tenant  text   NOT NULL,
    store   text   NOT NULL,
    version bigint NOT NULL,
    PRIMARY KEY (tenant, store)
);

-- Signed when they are published (sync/directive_signing.py): a box that has head office's key takes no other, whatever
-- the broker, or who can write into this database, hands it.
CREATE TABLE directive (
    tenant     text   NOT NULL,
    store      text   NOT NULL,
    version    bigint NOT NULL,
    kind       text   NOT NULL,
    body       bytea  NOT NULL,
    at         timestamptz NOT NULL DEFAULT now(),
    request    text,
    made_us    bigint,
    expires_us bigint,
    signature  bytea,
    PRIMARY KEY (tenant, store, version)
);
-- A program of head office that asks again, because it heard no answer, publishes once.
CREATE UNIQUE INDEX directive_by_request ON directive (tenant, store, request) WHERE request IS NOT NULL;


COMMENT ON COLUMN directive.made_us IS 'When it was signed, by this database''s clock, in microseconds; NULL: it is not.';
COMMENT ON COLUMN directive.expires_us IS 'When the signature ends, in microseconds.';
COMMENT ON COLUMN directive.signature IS 'Ed25519, by head office''s key.';

-- How far each projector has come along each device's history. Rows of an epoch may come to be acknowledged after those
-- of a later one (a backup that holds what was never sent), so that is told by epoch: `done` is {epoch: through}. `epoch`
-- and `through` are the last row it did; the device's own, once nothing is left.
CREATE TABLE projection (
    tenant    text    NOT NULL,
    store     text    NOT NULL,
    device    text    NOT NULL,
    projector text    NOT NULL,
    version   bigint  NOT NULL DEFAULT 0,
    through   bigint  NOT NULL DEFAULT 0,
    stale     boolean NOT NULL DEFAULT true,  -- begin again: new, or the history went back behind it
    waiting   text,                            -- why it does not go on
    epoch     bigint  NOT NULL DEFAULT 0,
    done      jsonb   NOT NULL DEFAULT '{}',
    went_back boolean NOT NULL DEFAULT false,  -- the history did, behind what is done
    PRIMARY KEY (tenant, store, device, projector)
);

-- Rows that a projector could not understand. The row itself stands in the journal.
CREATE TABLE quarantine (
    tenant    text   NOT NULL,
    store     text   NOT NULL,
    device    text   NOT NULL,
    projector text   NOT NULL,
    epoch     bigint NOT NULL,
    seq       bigint NOT NULL,
    reason    text   NOT NULL,
    at        timestamptz NOT NULL DEFAULT now(),
    release   bigint NOT NULL DEFAULT 0,  -- of the hub that could not project it: a newer one tries again
    PRIMARY KEY (tenant, store, device, projector, epoch, seq)
);

-- Rows that were acknowledged, and that a newer epoch does not go on from: a backup that lacks them was restored. They
-- stay in head office's books. Written when the device's history goes back (see hub/handshake.py).
CREATE TABLE orphaned_stretch (
    tenant    text   NOT NULL,
    store     text   NOT NULL,
    device    text   NOT NULL,
    epoch     bigint NOT NULL,  -- of the rows
    first_seq bigint NOT NULL,
    last_seq  bigint NOT NULL,
    left_by   bigint NOT NULL,  -- the epoch that goes on without them
    left_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, store, device, epoch, first_seq)
);
COMMENT ON TABLE orphaned_stretch IS 'Acknowledged rows that a newer epoch of their device does not go on from';

-- What is true of each device: all that was ever acknowledged of it, along its history and beside it.
CREATE VIEW acknowledged_stretch WITH (security_invoker = true) AS
SELECT tenant, store, device, epoch, min(first_seq) AS first_seq, max(last_seq) AS last_seq
FROM (
    SELECT tenant, store, device.device, span.epoch, span.first_seq, least(span.last_seq, device.through) AS last_seq
    FROM device
    CROSS JOIN LATERAL (
        SELECT epoch, first_seq, coalesce(lead(first_seq) OVER (ORDER BY epoch) - 1, device.through) AS last_seq
        FROM jsonb_to_recordset(device.epochs) AS begun (epoch bigint, first_seq bigint)
    ) AS span
    WHERE span.first_seq <= device.through
    UNION ALL
    SELECT tenant, store, device, epoch, first_seq, last_seq FROM orphaned_stretch
) AS stretch
GROUP BY tenant, store, device, epoch;

CREATE VIEW history WITH (security_invoker = true) AS
SELECT journal.*
FROM acknowledged_stretch AS span
JOIN journal USING (tenant, store, device, epoch)
WHERE journal.seq BETWEEN span.first_seq AND span.last_seq;

CREATE VIEW quarantined WITH (security_invoker = true) AS
SELECT quarantine.projector, quarantine.reason, quarantine.at AS quarantined_at, quarantine.release, journal.*
FROM quarantine JOIN journal USING (tenant, store, device, epoch, seq);

-- Every device as head office sees it. `behind` is what is published and not applied yet, counted: the numbers of
-- directives have gaps.
CREATE VIEW fleet WITH (security_invoker = true) AS
SELECT tenant, store, device, app, heard_at, epoch, through, changed_at AS moved_at,
       applied,
       (SELECT count(*) FROM directive
        WHERE directive.tenant = device.tenant AND directive.store = device.store
            AND directive.version > device.applied) AS behind,
       stopped_code, stopped_text, stopped_at,
       (SELECT count(*) FROM quarantine AS bad
        WHERE bad.tenant = device.tenant AND bad.store = device.store AND bad.device = device.device) AS quarantined,
       (SELECT min(projection.through) FROM projection
        WHERE projection.tenant = device.tenant AND projection.store = device.store
            AND projection.device = device.device) AS projected,
       (SELECT min(waiting) FROM projection
        WHERE projection.tenant = device.tenant AND projection.store = device.store
            AND projection.device = device.device) AS waiting
FROM device;

-- The rooms' tables, as they were last made (see hub/migrate.py).
CREATE TABLE room (name text PRIMARY KEY, sha256 bytea NOT NULL);

-- Which server answered last, by cluster and timeline. Another one, a promoted standby or a restored copy, may lack rows
-- that stores were told are held (see hub/failover.py).
CREATE TABLE server (
    one  boolean PRIMARY KEY DEFAULT true CHECK (one),
    name text    NOT NULL
);

-- Each table that carries a tenant and is not protected yet: a reader sees the rows of the tenant that its transaction
-- names, a worker writes. Fails where a view would show its owner's rows to its reader; those that an
-- extension has brought (pg_stat_statements, Citus) are its own affair.
CREATE PROCEDURE protect_tables()
LANGUAGE plpgsql AS $$
DECLARE
    one record;
BEGIN
    FOR one IN
        SELECT class.oid::regclass AS name
        FROM pg_class AS class
        JOIN pg_attribute ON attrelid = class.oid AND attname = 'tenant' AND NOT attisdropped
        WHERE relnamespace = current_schema()::regnamespace
          AND relkind IN ('r', 'p') AND NOT relispartition AND NOT relrowsecurity
    LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', one.name);
        EXECUTE format(
            'CREATE POLICY tenant ON %s USING (tenant = current_setting(''edge.tenant'', true))', one.name
        );
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO edge_hub_worker', one.name);
        EXECUTE format('GRANT SELECT ON %s TO edge_hub_reader', one.name);
    END LOOP;
    FOR one IN
        SELECT oid::regclass AS name, coalesce('security_invoker=true' = ANY (reloptions), false) AS safe
        FROM pg_class AS view
        WHERE relnamespace = current_schema()::regnamespace AND relkind = 'v'
          AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = view.oid AND deptype = 'e')
    LOOP
        IF NOT one.safe THEN
            RAISE EXCEPTION 'the view % would show all tenants: make it WITH (security_invoker = true)', one.name;
        END IF;
        EXECUTE format('GRANT SELECT ON %s TO edge_hub_worker, edge_hub_reader', one.name);
    END LOOP;
END $$;

-- Keys of head office's programs: SHA-256 of 256 random bits, so that nothing can be guessed and a look is cheap.
-- They end, are good for some stores alone, and say when they were used last: one that leaked, or that nobody needs any
-- more, is seen and does not open everything for ever.
CREATE TABLE api_key (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant     text   NOT NULL,
    name       text   NOT NULL,
    hash       bytea  NOT NULL UNIQUE,
    may        text[] NOT NULL,
    made_at    timestamptz NOT NULL DEFAULT now(),
    revoked_at timestamptz,
    expires_at timestamptz,
    used_at    timestamptz,
    stores     text[]
);
ALTER TABLE api_key ENABLE ROW LEVEL SECURITY;  -- and no policy: for its owner alone

COMMENT ON TABLE api_key IS 'Keys of head office''s programs.';
COMMENT ON COLUMN api_key.id IS 'The number by which people speak of the key.';
COMMENT ON COLUMN api_key.tenant IS 'Whose rows it opens.';
COMMENT ON COLUMN api_key.name IS 'Whose or what for it is.';
COMMENT ON COLUMN api_key.hash IS 'SHA-256 of the secret, which nobody keeps.';
COMMENT ON COLUMN api_key.may IS 'read; publish (directives of every kind but those of people and PINs); publish:KIND.';
COMMENT ON COLUMN api_key.stores IS 'The only stores it is good for; NULL: all of the tenant.';
COMMENT ON COLUMN api_key.made_at IS 'When it was made.';
COMMENT ON COLUMN api_key.expires_at IS 'When it ends; NULL: never.';
COMMENT ON COLUMN api_key.used_at IS 'The hour in which it was used last; NULL: never.';
COMMENT ON COLUMN api_key.revoked_at IS 'When it was taken out of use.';

-- `noted`: that it was used in this hour is written down.
CREATE FUNCTION api_key_of(asked bytea)
RETURNS TABLE (id bigint, tenant text, may text[], stores text[], noted boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT
AS $$
    SELECT id, tenant, may, stores, coalesce(used_at >= date_trunc('hour', now(), 'UTC'), false)
    FROM api_key
    WHERE hash = asked AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
$$;

CREATE FUNCTION note_api_key(used bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT
AS $$ UPDATE api_key SET used_at = date_trunc('hour', now(), 'UTC') WHERE id = used $$;

REVOKE EXECUTE ON FUNCTION api_key_of(bytea), note_api_key(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api_key_of(bytea), note_api_key(bigint) TO edge_hub_reader;

CALL protect_tables();

-- What was received stays as it was.
REVOKE UPDATE, DELETE ON journal FROM edge_hub_worker;
REVOKE INSERT, UPDATE, DELETE ON archived_stretch FROM edge_hub_worker;
REVOKE DELETE ON device, directive, directive_head, orphaned_stretch FROM edge_hub_worker;
REVOKE UPDATE ON directive FROM edge_hub_worker;

GRANT edge_hub_reader TO edge_hub_publisher;
GRANT INSERT ON directive TO edge_hub_publisher;
GRANT INSERT, UPDATE ON directive_head TO edge_hub_publisher;

GRANT SELECT, INSERT, UPDATE ON server TO edge_hub_worker;
GRANT SELECT ON migration, room, archived_month TO edge_hub_worker;
REVOKE EXECUTE ON FUNCTION add_journal_months(int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION add_journal_months(int) TO edge_hub_worker;
REVOKE EXECUTE ON PROCEDURE protect_tables() FROM PUBLIC;
