-- The API may write nothing else: what a till of a store told, encrypted, and that it did. However often it tells something,
-- that is one row; the same again is nothing new.
-- `of_system`: the accounts system that it is; empty: a till.
DROP FUNCTION IF EXISTS note_pos_news(text, text, text);
DROP FUNCTION IF EXISTS note_pos_news(text, text, text, text, bytea);
CREATE OR REPLACE FUNCTION note_pos_news(
    of_tenant text, of_store text, by_pos text, with_digest text, with_sealed bytea, of_system text)
RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $$
BEGIN
    INSERT INTO pos_hook (tenant, store, pos, digest, sealed)
    VALUES (of_tenant, of_store, by_pos, with_digest, with_sealed) ON CONFLICT DO NOTHING;
    INSERT INTO pos_news (tenant, store, pos, system, came_at) VALUES (of_tenant, of_store, by_pos, of_system, now())
    ON CONFLICT (tenant, store, pos) DO UPDATE SET
        came_at = excluded.came_at, times = pos_news.times + 1, system = excluded.system;
    RETURN true;
END $$;
REVOKE EXECUTE ON FUNCTION note_pos_news(text, text, text, text, bytea, text) FROM PUBLIC;
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'edge_hub_reader') THEN  -- tables by themselves have nobody to serve
        GRANT EXECUTE ON FUNCTION note_pos_news(text, text, text, text, bytea, text) TO edge_hub_reader;
    END IF;
END $$;
