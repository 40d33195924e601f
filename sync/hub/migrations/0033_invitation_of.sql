-- On a Citus one statement can't join the tenant's record, which is distributed, with tables that only the coordinator has,
-- so the invitation and its tenant are looked at one after the other.
CREATE OR REPLACE FUNCTION invitation_of(opened bytea)
RETURNS TABLE (of_tenant text, email text, role text, person bigint, password text, wait_s double precision)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    own staff_invitation;
BEGIN
    SELECT * INTO own FROM staff_invitation WHERE hash = opened AND expires_at > now();
    IF own IS NULL THEN
        RETURN;
    END IF;
    IF EXISTS (SELECT FROM tenant_record AS record WHERE record.tenant = own.of_tenant AND state <> 'active') THEN
        RETURN;
    END IF;
    RETURN QUERY
        SELECT own.of_tenant, own.email, own.role, known.id, known.password,
               CASE WHEN known.wait_until > now() THEN extract(epoch FROM known.wait_until - now())::double precision
                    ELSE 0 END
        FROM (SELECT 1) AS one LEFT JOIN staff AS known ON known.email = own.email;
END $$;
