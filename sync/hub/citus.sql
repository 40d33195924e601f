-- Spreads the hub's tables over machines by tenant. Run once, as the owner, on the coordinator of a Citus 12 cluster (or
-- newer), after `edge hub migrate` and while no worker runs. Nothing of the schema changes: every key begins with the
-- tenant, and every statement of a worker or a reader names it. See docs/hub-scale.md.

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
          AND relname NOT IN ('device', 'api_key', 'archived_stretch')  -- the last one refers to a month: see below
        ORDER BY 1
    LOOP
        PERFORM create_distributed_table(name, 'tenant', colocate_with => 'device');
    END LOOP;
END $$;

-- Small, without a tenant or asked for before the tenant is known: everywhere the same, or on the coordinator alone.
SELECT create_reference_table('archived_month');
SELECT create_distributed_table('archived_stretch', 'tenant', colocate_with => 'device');
SELECT citus_add_local_table_to_metadata('api_key');

-- A tenant that outgrows its neighbours gets a shard, and then a machine, of its own:
--   SELECT isolate_tenant_to_new_shard('device', 'acme', 'CASCADE');
--   SELECT citus_move_shard_placement(get_shard_id_for_distribution_column('device', 'acme'), ...);
-- After machines were added: SELECT citus_rebalance_start();
