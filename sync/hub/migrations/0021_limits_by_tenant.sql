-- What is used of limits, counted for one tenant after the other: spread over machines, a statement that counts for all of
-- them at once would have to join tables of every machine with those of the coordinator (keys, people), which Citus refuses.
CREATE OR REPLACE FUNCTION used_of_limits() RETURNS TABLE (tenant text, which text, most bigint, day text, used bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path FROM CURRENT
AS $$
DECLARE
    own record;
    today date := (now() AT TIME ZONE 'UTC')::date;
BEGIN
    FOR own IN SELECT record.tenant AS id, record.limits FROM tenant_record AS record WHERE record.limits <> '{}' LOOP
        FOR which, most IN SELECT key, value::bigint FROM jsonb_each_text(own.limits) WHERE value IS NOT NULL LOOP
            tenant := own.id;
            day := '';
            IF which = 'stores' THEN
                SELECT count(*) INTO used FROM store_record AS one WHERE one.tenant = own.id AND one.state <> 'closed';
            ELSIF which = 'boxes' THEN
                SELECT count(*) INTO used FROM device AS one WHERE one.tenant = own.id AND one.barred = '';
            ELSIF which = 'keys' THEN
                SELECT count(*) INTO used FROM api_key AS one
                WHERE one.tenant = own.id AND one.revoked_at IS NULL AND (one.expires_at IS NULL OR one.expires_at > now());
            ELSIF which = 'people' THEN
                SELECT count(*) INTO used FROM membership WHERE of_tenant = own.id;
            ELSIF which = 'files' THEN
                used := file_mib_of(own.id);
            ELSE
                SELECT known.used, known.day || '/' INTO used, day FROM tenant_usage AS known
                WHERE known.tenant = own.id AND known.what = which AND known.day = today;
                CONTINUE WHEN NOT FOUND;
            END IF;
            RETURN NEXT;
        END LOOP;
    END LOOP;
END $$;
