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

-- The journal by the month in which a row was received: what is old enough goes by dropping a table, and what is new
-- stays in small indexes. A row is stored once because its device's lock is held; the key says so within a month.
DROP VIEW quarantined;
DROP VIEW history;

DO $$
DECLARE
    this date := date_trunc('month', now() AT TIME ZONE 'UTC')::date;
    name text := to_char(this, '"journal_"YYYY_MM');
BEGIN
    EXECUTE format('ALTER TABLE journal RENAME TO %I', name);
    EXECUTE format('ALTER TABLE %I DROP CONSTRAINT journal_pkey', name);
    EXECUTE format(
        'ALTER TABLE %I ADD COLUMN month date NOT NULL DEFAULT date_trunc(''month'', now() AT TIME ZONE ''UTC'')::date',
        name
    );
    EXECUTE format('ALTER TABLE %I ADD PRIMARY KEY (tenant, store, device, epoch, seq, month)', name);
    EXECUTE format(
        'CREATE TABLE journal (LIKE %I INCLUDING DEFAULTS, PRIMARY KEY (tenant, store, device, epoch, seq, month))'
        ' PARTITION BY RANGE (month)',
        name
    );
    EXECUTE format(
        'ALTER TABLE journal ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
        name, this, (this + interval '1 month')::date
    );
END $$;

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

ALTER TABLE device ADD COLUMN heard_at timestamptz;  -- when its last message was dealt with
ALTER TABLE projection ADD COLUMN waiting text;      -- why it does not go on

-- Which release of the hub could not project the row: a newer one tries again.
ALTER TABLE quarantine ADD COLUMN release bigint NOT NULL DEFAULT 0;

-- What is true of each device: its journal along its history, through what is acknowledged.
CREATE VIEW history WITH (security_invoker = true) AS
SELECT journal.*
FROM device
CROSS JOIN LATERAL (
    SELECT epoch, first_seq, coalesce(lead(first_seq) OVER (ORDER BY epoch) - 1, device.through) AS last_seq
    FROM jsonb_to_recordset(device.epochs) AS begun (epoch bigint, first_seq bigint)
) AS span
JOIN journal USING (tenant, store, device)
WHERE journal.epoch = span.epoch
  AND journal.seq BETWEEN span.first_seq AND least(span.last_seq, device.through);

CREATE VIEW quarantined WITH (security_invoker = true) AS
SELECT quarantine.projector, quarantine.reason, quarantine.at AS quarantined_at, quarantine.release, journal.*
FROM quarantine JOIN journal USING (tenant, store, device, epoch, seq);

-- Keys of head office's programs: SHA-256 of 256 random bits, so that nothing can be guessed and a look is cheap.
CREATE TABLE api_key (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant     text   NOT NULL,
    name       text   NOT NULL,
    hash       bytea  NOT NULL UNIQUE,
    may        text[] NOT NULL,
    made_at    timestamptz NOT NULL DEFAULT now(),
    revoked_at timestamptz
);
ALTER TABLE api_key ENABLE ROW LEVEL SECURITY;  -- and no policy: for its owner alone

CREATE FUNCTION api_key_of(asked bytea) RETURNS TABLE (id bigint, tenant text, may text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT
AS $$ SELECT id, tenant, may FROM api_key WHERE hash = asked AND revoked_at IS NULL $$;

-- The rooms' tables, as they were last made (see hub/migrate.py).
CREATE TABLE room (name text PRIMARY KEY, sha256 bytea NOT NULL);

-- Each table that carries a tenant and is not protected yet: a reader sees the rows of the tenant that its transaction
-- names, a worker writes. Fails where a view would show its owner's rows to its reader.
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
        FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'v'
    LOOP
        IF NOT one.safe THEN
            RAISE EXCEPTION 'the view % would show all tenants: make it WITH (security_invoker = true)', one.name;
        END IF;
        EXECUTE format('GRANT SELECT ON %s TO edge_hub_worker, edge_hub_reader', one.name);
    END LOOP;
END $$;

CALL protect_tables();

-- What was received stays as it was.
REVOKE UPDATE, DELETE ON journal FROM edge_hub_worker;
REVOKE INSERT, UPDATE, DELETE ON archived_stretch FROM edge_hub_worker;
REVOKE DELETE ON device, directive, directive_head FROM edge_hub_worker;
REVOKE UPDATE ON directive FROM edge_hub_worker;

GRANT edge_hub_reader TO edge_hub_publisher;
GRANT INSERT ON directive TO edge_hub_publisher;
GRANT INSERT, UPDATE ON directive_head TO edge_hub_publisher;

GRANT SELECT ON migration, room, archived_month TO edge_hub_worker;
REVOKE EXECUTE ON FUNCTION add_journal_months(int), api_key_of(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION add_journal_months(int) TO edge_hub_worker;
GRANT EXECUTE ON FUNCTION api_key_of(bytea) TO edge_hub_reader;
REVOKE EXECUTE ON PROCEDURE protect_tables() FROM PUBLIC;
