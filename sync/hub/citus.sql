-- Spreads the hub's tables over machines by tenant. Run once, as the owner, on the coordinator of a Citus 12 cluster (or
-- newer), after `edge hub migrate` and while no worker runs. Nothing of the schema changes: every key begins with the
-- tenant, and every statement of a worker or a reader names it. See docs/hub-scale.md.

-- A reader's tenant (SET LOCAL edge.tenant) has to reach the machines on which its rows are; else it would see none.
DO $$
BEGIN
    EXECUTE format('ALTER DATABASE %I SET citus.propagate_set_commands = ''local''', current_database());
END $$;

-- A table may refer to one that is on every machine, once it is distributed itself.
ALTER TABLE archived_stretch DROP CONSTRAINT archived_stretch_month_fkey;

-- One group: what belongs to a tenant lies on one machine, so that joins, views, locks and transactions stay there.
SELECT create_distributed_table('device', 'tenant', colocate_with => 'none', shard_count => 64);

DO $$
DECLARE
    name text;
BEGIN
    FOR name IN
        SELECT class.oid::regclass::text
        FROM pg_class AS class
        JOIN pg_attribute ON attrelid = class.oid AND attname = 'tenant' AND NOT attisdropped
        WHERE relnamespace = current_schema()::regnamespace
          AND relkind IN ('r', 'p') AND NOT relispartition
          AND relname NOT IN ('device', 'api_key')  -- the keys are asked for before the tenant is known
        ORDER BY 1
    LOOP
        PERFORM create_distributed_table(name, 'tenant', colocate_with => 'device');
    END LOOP;
END $$;

-- Small and without a tenant: the same everywhere. The rest (api_key, migration, room, server) stays on the coordinator.
SELECT create_reference_table('archived_month');
ALTER TABLE archived_stretch ADD CONSTRAINT archived_stretch_month_fkey
    FOREIGN KEY (month) REFERENCES archived_month ON DELETE CASCADE;

-- A tenant that outgrows its neighbours gets a shard, and then a machine, of its own:
--   SELECT isolate_tenant_to_new_shard('device', 'acme', 'CASCADE');
--   SELECT citus_move_shard_placement(get_shard_id_for_distribution_column('device', 'acme'), ...);
-- After machines were added: SELECT citus_rebalance_start();
