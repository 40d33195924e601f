-- On a Citus a statement that reads a distributed table can't be given a whole row of a table that only the coordinator has,
-- so the code and its tenant are looked at one after the other.
CREATE OR REPLACE FUNCTION take_box_code(brought bytea) RETURNS TABLE (of_tenant text, store text, device text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    own box_code;
BEGIN
    DELETE FROM box_code AS one WHERE one.hash = brought RETURNING * INTO own;
    IF own IS NULL OR own.expires_at <= now() THEN
        RETURN;
    END IF;
    IF EXISTS (SELECT FROM tenant_record AS record WHERE record.tenant = own.of_tenant AND state <> 'active') THEN
        RETURN;
    END IF;
    INSERT INTO office_log (tenant, who, what, subject, after)
    VALUES (own.of_tenant, own.made_by, 'box', own.store || '/' || own.device, jsonb_build_object('state', 'enrolled'));
    RETURN QUERY SELECT own.of_tenant, own.store, own.device;
END $$;
