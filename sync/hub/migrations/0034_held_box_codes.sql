-- Hold a box code until the transaction ends; no row: it is wrong, used or too old, or its tenant is not active. It is
-- taken (`take_box_code`) last, since a Citus lets no second role read what one has written in a transaction.
CREATE FUNCTION hold_box_code(brought bytea) RETURNS TABLE (of_tenant text, store text, device text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    own box_code;
BEGIN
    SELECT * INTO own FROM box_code AS one WHERE one.hash = brought AND one.expires_at > now() FOR UPDATE;
    IF own IS NULL THEN
        RETURN;
    END IF;
    IF EXISTS (SELECT FROM tenant_record AS record WHERE record.tenant = own.of_tenant AND state <> 'active') THEN
        RETURN;
    END IF;
    RETURN QUERY SELECT own.of_tenant, own.store, own.device;
END $$;
REVOKE EXECUTE ON FUNCTION hold_box_code(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION hold_box_code(bytea) TO edge_hub_reader;
