-- Spreads the hub's tables over machines by tenant. Run it with psql, as the owner, on the coordinator of a Citus cluster,
-- after `edge hub migrate` and while no worker runs; and again after an upgrade that brought tables. Nothing of the schema
-- changes: every key begins with the tenant, and every statement of a worker or a reader names it. See docs/hub-scale.md.

-- The machines ask each other as the role that asks. It logs in there, and nowhere without a password.
ALTER ROLE edge_hub_worker LOGIN;
ALTER ROLE edge_hub_reader LOGIN;
ALTER ROLE edge_hub_publisher LOGIN;

-- A reader's tenant (SET LOCAL edge.tenant) has to reach the machines on which its rows are; else it would see none.
DO $$
BEGIN
    EXECUTE format('ALTER DATABASE %I SET citus.propagate_set_commands = ''local''', current_database());
END $$;

-- All of it or nothing, and over one connection to each machine: what makes foreign keys cannot work side by side.
BEGIN;
SET LOCAL citus.multi_shard_modify_mode = 'sequential';

-- Small and without a tenant: the same everywhere. The rest (keys, people, counters of use, migration, room,
-- server) stays on the coordinator.
SELECT create_reference_table('archived_month')
WHERE NOT EXISTS (SELECT FROM pg_dist_partition WHERE logicalrelid = 'archived_month'::regclass);

-- One group: what belongs to a tenant lies on one machine, so that joins, views, locks and transactions stay there.
-- 64 shards, or as many as the session says before it runs this: SET edge.shards = 16;
SELECT create_distributed_table(
    'device', 'tenant', colocate_with => 'none',
    shard_count => coalesce(current_setting('edge.shards', true)::integer, 64)
)
WHERE NOT EXISTS (SELECT FROM pg_dist_partition WHERE logicalrelid = 'device'::regclass);

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
          AND relname <> 'api_key'  -- the keys are asked for before the tenant is known
          -- counters that functions of the owner write in the transaction of whoever calls them: Citus refuses a second
          -- user's writes to the same shards
          AND relname NOT IN ('tenant_usage', 'tenant_rows', 'office_read', 'conversation_begun')
          AND NOT EXISTS (SELECT FROM pg_dist_partition WHERE logicalrelid = class.oid AND partmethod = 'h')
        ORDER BY 1
    LOOP
        PERFORM create_distributed_table(name, 'tenant', colocate_with => 'device');
    END LOOP;
END $$;
COMMIT;

-- The rows are on their machines; what the coordinator still has of them is never read again.
SELECT truncate_local_data_after_distributing_table(logicalrelid)
FROM pg_dist_partition JOIN pg_class ON oid = logicalrelid
WHERE partmethod = 'h';

-- A tenant that outgrows its neighbours gets a shard, and then a machine, of its own:
--   SELECT isolate_tenant_to_new_shard('device', 'acme', 'CASCADE');
--   SELECT citus_move_shard_placement(get_shard_id_for_distribution_column('device', 'acme'), ...);
-- After machines were added: SELECT citus_rebalance_start();
