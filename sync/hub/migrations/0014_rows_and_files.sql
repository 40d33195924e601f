-- Two more limits: rows of journals a day, which are never refused, and MiB of files that head office holds.
CREATE TABLE tenant_rows (
    tenant text   PRIMARY KEY,
    held   bigint NOT NULL
);
COMMENT ON TABLE tenant_rows IS 'How many rows of its journals were held when they were counted last.';
COMMENT ON COLUMN tenant_rows.tenant IS 'Whose.';
COMMENT ON COLUMN tenant_rows.held IS 'Of all boxes together.';
COMMENT ON COLUMN tenant_record.limits IS 'The most of stores, boxes, keys, people, MiB of files, and of directives, requests and rows a day (UTC); what is not there has none.';
COMMENT ON COLUMN tenant_usage.what IS 'directives, requests or rows.';

-- Adds to each tenant's day the rows that came since this was asked last; of one that is new, none.
CREATE FUNCTION note_rows() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT
AS $$
    WITH now_held AS (SELECT tenant, sum(through)::bigint AS held FROM device GROUP BY tenant),
    more AS (
        SELECT tenant, now_held.held - known.held AS n FROM now_held JOIN tenant_rows AS known USING (tenant)
        WHERE now_held.held > known.held),
    counted AS (
        INSERT INTO tenant_usage AS known (tenant, day, what, used)
        SELECT tenant, (now() AT TIME ZONE 'UTC')::date, 'rows', n FROM more
        ON CONFLICT (tenant, day, what) DO UPDATE SET used = known.used + excluded.used)
    INSERT INTO tenant_rows AS known (tenant, held) SELECT tenant, held FROM now_held
    ON CONFLICT (tenant) DO UPDATE SET held = excluded.held WHERE known.held <> excluded.held
$$;
REVOKE EXECUTE ON FUNCTION note_rows() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION note_rows() TO edge_hub_worker;

CREATE FUNCTION file_mib_of(asked text) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT
AS $$
    SELECT ceil((coalesce((SELECT sum(length(body)) FROM software_piece WHERE tenant = asked), 0)
               + coalesce((SELECT sum(length(body)) FROM support_piece WHERE tenant = asked), 0)) / 1048576.0)::bigint
$$;
REVOKE EXECUTE ON FUNCTION file_mib_of(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION file_mib_of(text) TO edge_hub_worker, edge_hub_publisher;

CREATE OR REPLACE FUNCTION used_of_limits() RETURNS TABLE (tenant text, which text, most bigint, day text, used bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT
AS $$
    SELECT record.tenant, which, most::bigint AS most, '' AS day,
        CASE which
            WHEN 'stores' THEN (SELECT count(*) FROM store_record AS one
                                WHERE one.tenant = record.tenant AND one.state <> 'closed')
            WHEN 'boxes' THEN (SELECT count(*) FROM device AS one WHERE one.tenant = record.tenant)
            WHEN 'keys' THEN (SELECT count(*) FROM api_key AS one WHERE one.tenant = record.tenant
                              AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now()))
            WHEN 'files' THEN file_mib_of(record.tenant)
            ELSE (SELECT count(*) FROM membership WHERE of_tenant = record.tenant)
        END AS used
    FROM tenant_record AS record, jsonb_each_text(limits) AS own(which, most)
    WHERE which IN ('stores', 'boxes', 'keys', 'people', 'files') AND most IS NOT NULL
    UNION ALL
    SELECT record.tenant, which, most::bigint, day || '/', used
    FROM tenant_record AS record, jsonb_each_text(limits) AS own(which, most)
    JOIN tenant_usage AS day_of ON day_of.what = which AND day_of.day = (now() AT TIME ZONE 'UTC')::date
    WHERE day_of.tenant = record.tenant AND most IS NOT NULL
$$;

CALL protect_tables();
