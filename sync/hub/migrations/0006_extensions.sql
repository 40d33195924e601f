-- As in 0002, but for what an extension has brought (pg_stat_statements, Citus): its views are its own affair.
CREATE OR REPLACE PROCEDURE protect_tables()
LANGUAGE plpgsql AS $$
DECLARE
    one record;
BEGIN
    FOR one IN
        SELECT class.oid::regclass AS name
        FROM pg_class AS class
        JOIN pg_attribute ON attrelid = class.oid AND attname = 'tenant' AND NOT attisdropped
        WHERE relnamespace = current_schema()::regnamespace
          AND relkind IN ('r', 'p') AND NOT relispartition AND NOT relrowsecurity
    LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', one.name);
        EXECUTE format(
            'CREATE POLICY tenant ON %s USING (tenant = current_setting(''edge.tenant'', true))', one.name
        );
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO edge_hub_worker', one.name);
        EXECUTE format('GRANT SELECT ON %s TO edge_hub_reader', one.name);
    END LOOP;
    FOR one IN
        SELECT oid::regclass AS name, coalesce('security_invoker=true' = ANY (reloptions), false) AS safe
        FROM pg_class AS view
        WHERE relnamespace = current_schema()::regnamespace AND relkind = 'v'
          AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = view.oid AND deptype = 'e')
    LOOP
        IF NOT one.safe THEN
            RAISE EXCEPTION 'the view % would show all tenants: make it WITH (security_invoker = true)', one.name;
        END IF;
        EXECUTE format('GRANT SELECT ON %s TO edge_hub_worker, edge_hub_reader', one.name);
    END LOOP;
END $$;
