-- A box that was fenced is none of those that a tenant may have: another one stands in its place.
CREATE OR REPLACE FUNCTION used_of_limits() RETURNS TABLE (tenant text, which text, most bigint, day text, used bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT
AS $$
    SELECT record.tenant, which, most::bigint AS most, '' AS day,
        CASE which
            WHEN 'stores' THEN (SELECT count(*) FROM store_record AS one
                                WHERE one.tenant = record.tenant AND one.state <> 'closed')
            WHEN 'boxes' THEN (SELECT count(*) FROM device AS one WHERE one.tenant = record.tenant AND barred = '')
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
