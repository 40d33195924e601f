-- Counted for one tenant after the other: journals may lie on several machines, and the counters on the coordinator.
CREATE OR REPLACE FUNCTION note_rows() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    own record;
    before bigint;
BEGIN
    FOR own IN SELECT device.tenant, sum(through)::bigint AS held FROM device GROUP BY device.tenant LOOP
        SELECT held INTO before FROM tenant_rows WHERE tenant = own.tenant;
        IF own.held > before THEN
            PERFORM note_usage(own.tenant, (now() AT TIME ZONE 'UTC')::date, 'rows', own.held - before);
        END IF;
        INSERT INTO tenant_rows AS known (tenant, held) VALUES (own.tenant, own.held)
        ON CONFLICT (tenant) DO UPDATE SET held = excluded.held WHERE known.held <> excluded.held;
    END LOOP;
END $$;
