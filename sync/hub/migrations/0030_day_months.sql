-- The months of tables that are partitioned by day (sync/hub/table.py: `by_month`): this one and `ahead` more; and the
-- oldest month of which rows are among the rest, with these rows. Returns how many months' rows were moved. Rows of no
-- month that may be (a till's clock was wrong) stay there.
CREATE FUNCTION add_day_months(ahead int) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET lock_timeout = '5s' AS $$
DECLARE
    parent name;
    rest name;
    by_day name;
    this date;
    month name;
    written bigint;
    moved int := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('day months', 0));
    PERFORM set_config('citus.multi_shard_modify_mode', 'sequential', true);
    FOR parent, rest, by_day IN
        SELECT own.relname, other.relname, attname
        FROM pg_partitioned_table
        JOIN pg_class AS own ON own.oid = partrelid
        JOIN pg_class AS other ON other.oid = partdefid
        JOIN pg_attribute ON attrelid = partrelid AND attnum = partattrs[0]
        WHERE own.relnamespace = current_schema()::regnamespace
        ORDER BY own.relname
    LOOP
        FOR this IN EXECUTE format(
            'SELECT (date_trunc(''month'', now() AT TIME ZONE ''UTC'') + make_interval(months => later))::date '
            'FROM generate_series(0, %s) AS later '
            'UNION SELECT date_trunc(''month'', min(%I))::date FROM %I '
            'WHERE %I >= ''2000-01-01'' AND %I < date_trunc(''month'', now() AT TIME ZONE ''UTC'') '
            'HAVING min(%I) IS NOT NULL ORDER BY 1',
            ahead, by_day, rest, by_day, by_day, by_day
        ) LOOP
            month := parent || to_char(this, '"_"YYYY_MM');
            CONTINUE WHEN to_regclass(month::text) IS NOT NULL;
            EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', rest);
            EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL)', month, parent);
            EXECUTE format(
                'INSERT INTO %I SELECT * FROM %I WHERE %I >= %L AND %I < %L',
                month, rest, by_day, this, by_day, (this + interval '1 month')::date
            );
            GET DIAGNOSTICS written = ROW_COUNT;
            IF written > 0 THEN
                EXECUTE format(
                    'DELETE FROM %I WHERE %I >= %L AND %I < %L',
                    rest, by_day, this, by_day, (this + interval '1 month')::date
                );
                moved := moved + 1;
            END IF;
            EXECUTE format(
                'ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                parent, month, this, (this + interval '1 month')::date
            );
        END LOOP;
    END LOOP;
    RETURN moved;
END $$;
REVOKE EXECUTE ON FUNCTION add_day_months(int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION add_day_months(int) TO edge_hub_worker;
