-- Stand-ins for the functions of Citus that sync/hub/citus.sql calls: they distribute nothing, and refuse what Citus's
-- documentation says it refuses ("Creating and Modifying Distributed Objects", and the reference of its functions).
CREATE TABLE stand_in (name regclass PRIMARY KEY, kind text NOT NULL, colocated text);
CREATE VIEW pg_dist_partition AS
SELECT name AS logicalrelid, CASE kind WHEN 'distributed' THEN 'h' ELSE 'n' END AS partmethod FROM stand_in;

CREATE FUNCTION create_distributed_table(
    table_name regclass, distribution_column text,
    distribution_type text DEFAULT 'hash', colocate_with text DEFAULT 'default', shard_count int DEFAULT NULL
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    place smallint;
    wrong text;
BEGIN
    SELECT attnum INTO place FROM pg_attribute WHERE attrelid = table_name AND attname = distribution_column;
    IF place IS NULL THEN
        RAISE EXCEPTION 'column % of relation % does not exist', distribution_column, table_name;
    END IF;
    IF (SELECT relispartition FROM pg_class WHERE oid = table_name) THEN
        RAISE EXCEPTION 'cannot distribute %, which is a partition: distribute its parent', table_name;
    END IF;
    IF EXISTS (SELECT FROM stand_in WHERE name = table_name) THEN
        RAISE EXCEPTION 'table % is already distributed', table_name;
    END IF;
    SELECT indexrelid::regclass::text INTO wrong FROM pg_index
    WHERE indrelid = table_name AND (indisunique OR indisexclusion) AND NOT place = ANY (indkey::smallint[]);
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'cannot create constraint on %: % does not contain the distribution column', table_name, wrong;
    END IF;
    SELECT conname INTO wrong FROM pg_constraint AS key
    LEFT JOIN stand_in AS other ON other.name = key.confrelid
    WHERE contype = 'f' AND conrelid = table_name AND conparentid = 0 AND other.kind IS DISTINCT FROM 'reference'
      AND (key.confrelid = table_name OR other.kind = 'distributed' AND other.colocated = colocate_with) IS NOT TRUE
       OR contype = 'f' AND confrelid = table_name AND conrelid <> table_name
      AND NOT EXISTS (SELECT FROM stand_in WHERE name = conrelid AND kind = 'distributed');
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'cannot distribute %: foreign key % between tables that are not colocated', table_name, wrong;
    END IF;
    IF EXISTS (SELECT FROM pg_trigger WHERE tgrelid = table_name AND NOT tgisinternal) THEN
        RAISE EXCEPTION 'cannot distribute %, which has triggers', table_name;
    END IF;
    IF colocate_with NOT IN ('none', 'default') THEN
        PERFORM FROM stand_in AS group_, pg_attribute AS mine, pg_attribute AS theirs
        WHERE group_.name = colocate_with::regclass AND group_.kind = 'distributed'
          AND mine.attrelid = table_name AND mine.attname = distribution_column
          AND theirs.attrelid = group_.name AND theirs.attname = distribution_column
          AND mine.atttypid = theirs.atttypid AND mine.attcollation = theirs.attcollation;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'cannot colocate % with %: it is not distributed by a column of this type', table_name,
                colocate_with;
        END IF;
    END IF;
    INSERT INTO stand_in VALUES (
        table_name, 'distributed', CASE colocate_with WHEN 'none' THEN table_name::text ELSE colocate_with END
    );
END $$;

CREATE FUNCTION create_reference_table(table_name regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM pg_constraint JOIN stand_in ON name = confrelid
               WHERE contype = 'f' AND conrelid = table_name AND kind = 'distributed') THEN
        RAISE EXCEPTION 'cannot create a reference table %, which refers to a distributed one', table_name;
    END IF;
    INSERT INTO stand_in VALUES (table_name, 'reference', NULL);
END $$;

CREATE FUNCTION truncate_local_data_after_distributing_table(table_name regclass) RETURNS void LANGUAGE sql AS '';
