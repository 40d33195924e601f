-- Tables of before there was an epoch in them: what they hold is of none in particular.
DO $$
DECLARE
    name text;
    key text;
BEGIN
    FOR name, key IN VALUES ('shift', 'epoch, register, number'), ('cash_move', 'epoch, seq') LOOP
        CONTINUE WHEN EXISTS (
            SELECT FROM pg_attribute WHERE attrelid = name::regclass AND attname = 'epoch' AND NOT attisdropped
        );
        EXECUTE format('ALTER TABLE %I ADD COLUMN epoch bigint NOT NULL DEFAULT 0', name);
        EXECUTE format('ALTER TABLE %I ALTER COLUMN epoch DROP DEFAULT', name);
        EXECUTE format('ALTER TABLE %I DROP CONSTRAINT %I', name, name || '_pkey');
        EXECUTE format('ALTER TABLE %I ADD PRIMARY KEY (tenant, store, device, %s)', name, key);
    END LOOP;
END $$;
