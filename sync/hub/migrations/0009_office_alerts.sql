-- What head office tells a tenant of itself: licences that end, and limits that are near.
CREATE TABLE office_alert (
    tenant    text NOT NULL,
    kind      text NOT NULL,
    subject   text NOT NULL,
    mark      text NOT NULL,
    grave     boolean NOT NULL,
    said      jsonb NOT NULL DEFAULT '{}',
    raised_at timestamptz NOT NULL DEFAULT now(),
    ended_at  timestamptz,
    PRIMARY KEY (tenant, kind, subject, mark)
);
CREATE INDEX office_alert_open ON office_alert (tenant) WHERE ended_at IS NULL;
COMMENT ON TABLE office_alert IS 'What head office tells a tenant of itself.';
COMMENT ON COLUMN office_alert.tenant IS 'Whom.';
COMMENT ON COLUMN office_alert.kind IS 'licence or quota.';
COMMENT ON COLUMN office_alert.subject IS 'Of which store, or of which limit.';
COMMENT ON COLUMN office_alert.mark IS 'What was passed: it is told once.';
COMMENT ON COLUMN office_alert.grave IS 'Whether something is over or used up.';
COMMENT ON COLUMN office_alert.said IS '{ends, days} or {used, limit, percent}.';
COMMENT ON COLUMN office_alert.raised_at IS 'Since when it is so.';
COMMENT ON COLUMN office_alert.ended_at IS 'Since when it is not; NULL: it is so.';

-- How much each tenant has, or used today (UTC), of what it has a limit of; `day` is said of what is counted by the day.
CREATE FUNCTION used_of_limits() RETURNS TABLE (tenant text, which text, most bigint, day text, used bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT
AS $$
    SELECT record.tenant, which, most::bigint AS most, '' AS day,
        CASE which
            WHEN 'stores' THEN (SELECT count(*) FROM store_record AS one
                                WHERE one.tenant = record.tenant AND one.state <> 'closed')
            WHEN 'boxes' THEN (SELECT count(*) FROM device AS one WHERE one.tenant = record.tenant)
            WHEN 'keys' THEN (SELECT count(*) FROM api_key AS one WHERE one.tenant = record.tenant
                              AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now()))
            ELSE (SELECT count(*) FROM membership WHERE of_tenant = record.tenant)
        END AS used
    FROM tenant_record AS record, jsonb_each_text(limits) AS own(which, most)
    WHERE which IN ('stores', 'boxes', 'keys', 'people') AND most IS NOT NULL
    UNION ALL
    SELECT record.tenant, which, most::bigint, day || '/', used
    FROM tenant_record AS record, jsonb_each_text(limits) AS own(which, most)
    JOIN tenant_usage AS day_of ON day_of.what = which AND day_of.day = (now() AT TIME ZONE 'UTC')::date
    WHERE day_of.tenant = record.tenant AND most IS NOT NULL
$$;
REVOKE EXECUTE ON FUNCTION used_of_limits() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION used_of_limits() TO edge_hub_worker;

CALL protect_tables();
REVOKE DELETE ON office_alert FROM edge_hub_worker;
