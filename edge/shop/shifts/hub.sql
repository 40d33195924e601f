-- What head office wants of shifts. Keyed by device, so that a device can be projected again by itself. What says how a
-- shift ended is NULL while it is open. A box that was restored counts on from its backup: what happened behind that
-- keeps its numbers under the earlier epoch of its journal.
CREATE TABLE IF NOT EXISTS shift (
    tenant           text   NOT NULL,
    store            text   NOT NULL,
    device           text   NOT NULL,
    epoch            bigint NOT NULL,
    register         text   NOT NULL,
    number           bigint NOT NULL,
    currency         text   NOT NULL,
    opened_at        timestamptz NOT NULL,
    opened_date      date   NOT NULL,
    opened_by        text   NOT NULL,
    float_minor      bigint NOT NULL,
    closed_at        timestamptz,
    closed_date      date,
    closed_by        text,
    sales            bigint,
    voids            bigint,
    refunds          bigint,
    total_minor      bigint,
    discount_minor   bigint,
    expected_minor   bigint,
    counted_minor    bigint,
    difference_minor bigint,
    PRIMARY KEY (tenant, store, device, epoch, register, number)
);
CREATE INDEX IF NOT EXISTS shift_by_day ON shift (tenant, opened_date, store);

-- Cash that came into a drawer (`top_up`) or went out of it, without a sale; `amount_minor` is above 0.
CREATE TABLE IF NOT EXISTS cash_move (
    tenant        text   NOT NULL,
    store         text   NOT NULL,
    device        text   NOT NULL,
    epoch         bigint NOT NULL,
    seq           bigint NOT NULL,
    register      text   NOT NULL,
    shift         bigint NOT NULL,
    business_date date   NOT NULL,
    at            timestamptz NOT NULL,
    actor         text   NOT NULL,
    kind          text   NOT NULL,
    currency      text   NOT NULL,
    amount_minor  bigint NOT NULL,
    reason        text   NOT NULL,
    PRIMARY KEY (tenant, store, device, epoch, seq)
);
CREATE INDEX IF NOT EXISTS cash_move_by_day ON cash_move (tenant, business_date, store);

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
