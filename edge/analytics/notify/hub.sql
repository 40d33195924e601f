-- The API may write nothing else. Of a box that there is (else false); where a thousand wait, or as many as this channel
-- and this address of it have for themselves, no more are taken (NULL), so that what strangers say pushes out nothing
-- that is true: services come again.
CREATE OR REPLACE FUNCTION note_delivery_report(
    of_tenant text, of_store text, of_device text, by_channel text, with_token text, signed text, said bytea
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $$
DECLARE
    newest bigint;
BEGIN
    PERFORM FROM device WHERE tenant = of_tenant AND store = of_store AND device = of_device FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    IF (SELECT count(*) >= 1000 OR count(*) FILTER (WHERE channel = by_channel) >= 400
            OR by_channel = 'orders' AND count(*) FILTER (WHERE channel = by_channel AND token = with_token) >= 300
        FROM delivery_report WHERE tenant = of_tenant AND store = of_store AND device = of_device) THEN
        RETURN NULL;
    END IF;
    SELECT greatest(coalesce(max(id), 0) + 1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint) INTO newest
    FROM delivery_report WHERE tenant = of_tenant AND store = of_store AND device = of_device;
    INSERT INTO delivery_report (tenant, store, device, id, channel, token, signature, body)
    VALUES (of_tenant, of_store, of_device, newest, by_channel, with_token, signed, said);
    RETURN true;
END $$;
REVOKE EXECUTE ON FUNCTION note_delivery_report(text, text, text, text, text, text, bytea) FROM PUBLIC;
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'edge_hub_reader') THEN  -- tables by themselves have nobody to serve
        GRANT EXECUTE ON FUNCTION note_delivery_report(text, text, text, text, text, text, bytea) TO edge_hub_reader;
    END IF;
END $$;
