-- The API may write nothing else: that a till of a store told something. However often it does, that is one row.
CREATE OR REPLACE FUNCTION note_pos_news(of_tenant text, of_store text, by_pos text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $$
BEGIN
    INSERT INTO pos_news (tenant, store, pos) VALUES (of_tenant, of_store, by_pos)
    ON CONFLICT (tenant, store, pos) DO UPDATE SET came_at = now(), times = pos_news.times + 1;
    RETURN true;
END $$;
REVOKE EXECUTE ON FUNCTION note_pos_news(text, text, text) FROM PUBLIC;
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'edge_hub_reader') THEN  -- tables by themselves have nobody to serve
        GRANT EXECUTE ON FUNCTION note_pos_news(text, text, text) TO edge_hub_reader;
    END IF;
END $$;
