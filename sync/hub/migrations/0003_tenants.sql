-- Tenants and stores as head office keeps them, what each may use and has used, and who did and read what. A tenant
-- without a row is active and has no limits: boxes came before these tables did, and no sale may wait for paper.
CREATE TABLE tenant_record (
    tenant     text  PRIMARY KEY,
    name       text  NOT NULL DEFAULT '',
    state      text  NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'suspended', 'closing')),
    limits     jsonb NOT NULL DEFAULT '{}',
    made_at    timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE tenant_record IS 'Tenants: their state, and what they may use.';
COMMENT ON COLUMN tenant_record.tenant IS 'Its id, which nobody gets again.';
COMMENT ON COLUMN tenant_record.name IS 'What people call it.';
COMMENT ON COLUMN tenant_record.state IS 'active; suspended (journals are taken, directives wait, the API is closed); closing (the same, until it is removed).';
COMMENT ON COLUMN tenant_record.limits IS 'The most of stores, boxes, keys, people, and of directives and requests a day (UTC); what is not there has none.';
COMMENT ON COLUMN tenant_record.made_at IS 'Since when it is known.';
COMMENT ON COLUMN tenant_record.changed_at IS 'When it was changed last.';

CREATE TABLE store_record (
    tenant       text NOT NULL,
    store        text NOT NULL,
    name         text NOT NULL DEFAULT '',
    address      text NOT NULL DEFAULT '',
    country      text NOT NULL DEFAULT '',
    province     text NOT NULL DEFAULT '',
    zone         text NOT NULL DEFAULT '',
    language     text NOT NULL DEFAULT '',
    currency     text NOT NULL DEFAULT '',
    licence      text NOT NULL DEFAULT '',
    licence_ends date,
    store_group  text NOT NULL DEFAULT '',
    state        text NOT NULL DEFAULT 'open' CHECK (state IN ('planned', 'open', 'paused', 'closed')),
    made_at      timestamptz NOT NULL DEFAULT now(),
    changed_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, store)
);
COMMENT ON TABLE store_record IS 'Stores as head office keeps them.';
COMMENT ON COLUMN store_record.tenant IS 'Whose it is.';
COMMENT ON COLUMN store_record.store IS 'Its id, as its boxes say it.';
COMMENT ON COLUMN store_record.name IS 'What people call it.';
COMMENT ON COLUMN store_record.address IS 'Where it is.';
COMMENT ON COLUMN store_record.country IS 'ISO 3166-1, two letters; empty: not said.';
COMMENT ON COLUMN store_record.province IS 'Its province or state, as the post writes it.';
COMMENT ON COLUMN store_record.zone IS 'The zone of its clocks (IANA).';
COMMENT ON COLUMN store_record.language IS 'Its language: en, fr or he; empty: not said.';
COMMENT ON COLUMN store_record.currency IS 'ISO 4217; fixed once something was sold in it.';
COMMENT ON COLUMN store_record.licence IS 'The number of its licence.';
COMMENT ON COLUMN store_record.licence_ends IS 'The last day of that; NULL: it has none.';
COMMENT ON COLUMN store_record.store_group IS 'Its group; empty: none.';
COMMENT ON COLUMN store_record.state IS 'planned, open, paused or closed.';
COMMENT ON COLUMN store_record.made_at IS 'Since when it is known.';
COMMENT ON COLUMN store_record.changed_at IS 'When it was changed last.';

CREATE TABLE tenant_usage (
    tenant text   NOT NULL,
    day    date   NOT NULL,
    what   text   NOT NULL,
    used   bigint NOT NULL,
    PRIMARY KEY (tenant, day, what)
);
COMMENT ON TABLE tenant_usage IS 'What a tenant used of what is counted by the day.';
COMMENT ON COLUMN tenant_usage.tenant IS 'Who.';
COMMENT ON COLUMN tenant_usage.day IS 'On which day (UTC).';
COMMENT ON COLUMN tenant_usage.what IS 'directives or requests.';
COMMENT ON COLUMN tenant_usage.used IS 'How many: of requests by the minute, of directives each.';

CREATE TABLE office_log (
    tenant  text NOT NULL,
    at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    id      text NOT NULL DEFAULT gen_random_uuid()::text,
    who     text NOT NULL,
    what    text NOT NULL,
    subject text NOT NULL,
    before  jsonb,
    after   jsonb,
    PRIMARY KEY (tenant, at, id)
);
COMMENT ON TABLE office_log IS 'What was changed at head office: it stays.';
COMMENT ON COLUMN office_log.tenant IS 'Of which tenant.';
COMMENT ON COLUMN office_log.at IS 'When.';
COMMENT ON COLUMN office_log.id IS 'Which change of that moment.';
COMMENT ON COLUMN office_log.who IS 'person-N, key-N or operator.';
COMMENT ON COLUMN office_log.what IS 'tenant, store or person.';
COMMENT ON COLUMN office_log.subject IS 'Which of them.';
COMMENT ON COLUMN office_log.before IS 'How it was; NULL: it was not there.';
COMMENT ON COLUMN office_log.after IS 'How it is; NULL: it is not there any more.';

CREATE TABLE office_read (
    tenant text   NOT NULL,
    store  text   NOT NULL,
    hour   timestamptz NOT NULL,
    who    text   NOT NULL,
    what   text   NOT NULL,
    times  bigint NOT NULL,
    PRIMARY KEY (tenant, store, hour, who, what)
);
COMMENT ON TABLE office_read IS 'Who read what at head office.';
COMMENT ON COLUMN office_read.tenant IS 'Of which tenant.';
COMMENT ON COLUMN office_read.store IS 'Of which store; empty: of all that they see.';
COMMENT ON COLUMN office_read.hour IS 'In which hour.';
COMMENT ON COLUMN office_read.who IS 'person-N or key-N.';
COMMENT ON COLUMN office_read.what IS 'The address, behind /v1/.';
COMMENT ON COLUMN office_read.times IS 'How often.';

-- Every store that there is: those that head office keeps, and those of which only boxes were heard.
CREATE VIEW store_of_tenant WITH (security_invoker = true) AS
SELECT tenant, store, name, address, country, province, zone, language, currency, licence, licence_ends, store_group,
       state, true AS kept, changed_at,
       (SELECT count(*) FROM device WHERE device.tenant = store_record.tenant AND device.store = store_record.store) AS boxes
FROM store_record
UNION ALL
SELECT tenant, store, '', '', '', '', '', '', '', '', NULL, '', 'open', false, max(changed_at), count(*)
FROM device
WHERE NOT EXISTS (
    SELECT FROM store_record WHERE store_record.tenant = device.tenant AND store_record.store = device.store)
GROUP BY tenant, store;

ALTER TABLE membership ADD COLUMN groups text[];
COMMENT ON COLUMN membership.role IS 'viewer, editor, owner or support (sync/hub/api/staff.py).';
COMMENT ON COLUMN membership.stores IS 'Stores; with `groups` the only ones. NULL in both: all of the tenant.';
COMMENT ON COLUMN membership.groups IS 'Groups of stores.';

CREATE FUNCTION tenant_gate_of(asked text) RETURNS TABLE (state text, limits text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT
AS $$ SELECT state, limits::text FROM tenant_record WHERE tenant = asked $$;

-- Adds so many to what a tenant used on a day; how many that makes.
CREATE FUNCTION note_usage(asked text, on_day date, of_what text, more bigint) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT
AS $$
    INSERT INTO tenant_usage AS known (tenant, day, what, used) VALUES (asked, on_day, of_what, more)
    ON CONFLICT (tenant, day, what) DO UPDATE SET used = known.used + excluded.used RETURNING used
$$;

CREATE FUNCTION note_office_read(asked text, shop text, in_hour timestamptz, person text, of_what text, more bigint)
RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT
AS $$
    INSERT INTO office_read AS known (tenant, store, hour, who, what, times)
    VALUES (asked, shop, in_hour, person, of_what, more)
    ON CONFLICT (tenant, store, hour, who, what) DO UPDATE SET times = known.times + excluded.times
$$;

-- Whether a directive is taken for a store now, which counts it: '' or why not.
CREATE FUNCTION take_directive(asked text, shop text, kind text, OUT refused text, OUT most bigint, OUT used bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    is_state text;
BEGIN
    refused := '';
    SELECT state, (limits ->> 'directives')::bigint INTO is_state, most FROM tenant_record WHERE tenant = asked;
    IF is_state <> 'active' THEN
        refused := 'tenant_suspended';
        RETURN;
    END IF;
    SELECT state INTO is_state FROM store_record WHERE tenant = asked AND store = shop;
    IF is_state IN ('paused', 'closed') AND kind NOT IN ('signing-key', 'pin', 'users') THEN
        refused := 'store_' || is_state;
        RETURN;
    END IF;
    IF most IS NULL OR most > 0 THEN
        INSERT INTO tenant_usage AS known (tenant, day, what, used)
        VALUES (asked, (now() AT TIME ZONE 'UTC')::date, 'directives', 1)
        ON CONFLICT (tenant, day, what) DO UPDATE SET used = known.used + 1 WHERE most IS NULL OR known.used < most
        RETURNING known.used INTO used;
    END IF;
    IF used IS NULL THEN
        refused := 'limit_reached';
        used := most;
    END IF;
END $$;

CREATE FUNCTION stores_of_groups(asked text, wanted text[]) RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT
AS $$
    SELECT coalesce(array_agg(store ORDER BY store), '{}') FROM store_record
    WHERE tenant = asked AND store_group = ANY (wanted) AND store_group <> ''
$$;

DROP FUNCTION staff_token_of(bytea);
CREATE FUNCTION staff_token_of(asked bytea)
RETURNS TABLE (person bigint, of_tenant text, role text, stores text[], groups text[], with_factor boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT
AS $$
    SELECT person, of_tenant, role, stores, groups, with_factor
    FROM staff_token JOIN membership USING (person, of_tenant)
    WHERE hash = asked AND expires_at > now()
$$;

DROP FUNCTION memberships_of(bigint);
CREATE FUNCTION memberships_of(who bigint) RETURNS TABLE (of_tenant text, role text, stores text[], groups text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT
AS $$ SELECT of_tenant, role, stores, groups FROM membership WHERE person = who ORDER BY of_tenant $$;

CREATE FUNCTION staff_of_tenant(asked text)
RETURNS TABLE (person bigint, email text, role text, stores text[], groups text[], factor boolean, seen_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT
AS $$
    SELECT person, email, role, stores, groups,
           EXISTS (SELECT FROM staff_factor AS own WHERE own.person = membership.person AND secret <> ''),
           (SELECT max(at) FROM staff_log AS said
            WHERE said.person = membership.person AND said.of_tenant = asked AND what IN ('signed_in', 'switched'))
    FROM membership JOIN staff ON staff.id = membership.person WHERE of_tenant = asked ORDER BY person
$$;

-- Change what somebody of a tenant is there, or (`new_role` empty) have them leave. '' or why not. Everybody's
-- memberships of a tenant are changed one after the other, so that two owners do not end each other.
CREATE FUNCTION set_membership(asked text, who bigint, new_role text, only_stores text[], only_groups text[])
RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('membership ' || asked, 0));
    IF NOT EXISTS (SELECT FROM membership WHERE of_tenant = asked AND person = who) THEN
        RETURN 'nobody';
    END IF;
    IF (new_role <> 'owner' OR only_stores IS NOT NULL OR only_groups IS NOT NULL) AND NOT EXISTS (
        SELECT FROM membership
        WHERE of_tenant = asked AND person <> who AND role = 'owner' AND stores IS NULL AND groups IS NULL
    ) THEN
        RETURN 'last_owner';
    END IF;
    IF new_role = '' THEN
        DELETE FROM membership WHERE of_tenant = asked AND person = who;
        DELETE FROM staff_token WHERE of_tenant = asked AND person = who;
    ELSE
        UPDATE membership SET role = new_role, stores = only_stores, groups = only_groups
        WHERE of_tenant = asked AND person = who;
    END IF;
    RETURN '';
END $$;

REVOKE EXECUTE ON FUNCTION tenant_gate_of(text), note_usage(text, date, text, bigint),
    note_office_read(text, text, timestamptz, text, text, bigint), take_directive(text, text, text),
    stores_of_groups(text, text[]), staff_token_of(bytea), memberships_of(bigint), staff_of_tenant(text),
    set_membership(text, bigint, text, text[], text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenant_gate_of(text), note_usage(text, date, text, bigint),
    note_office_read(text, text, timestamptz, text, text, bigint), stores_of_groups(text, text[]), staff_token_of(bytea),
    memberships_of(bigint), staff_of_tenant(text) TO edge_hub_reader;
GRANT EXECUTE ON FUNCTION take_directive(text, text, text) TO edge_hub_worker, edge_hub_publisher;
GRANT EXECUTE ON FUNCTION set_membership(text, bigint, text, text[], text[]) TO edge_hub_publisher;

CALL protect_tables();

-- Nobody but who publishes writes them, and what was logged stays.
REVOKE INSERT, UPDATE, DELETE ON tenant_record, store_record, tenant_usage, office_log, office_read FROM edge_hub_worker;
GRANT INSERT, UPDATE ON store_record TO edge_hub_publisher;
GRANT INSERT ON office_log TO edge_hub_publisher;
