-- One more limit: conversations with assistants that begin on a day (UTC). Boxes tell how many began at each; nothing of
-- what was said leaves them.
CREATE TABLE conversation_begun (
    tenant text   NOT NULL,
    store  text   NOT NULL,
    device text   NOT NULL,
    day    date   NOT NULL,
    begun  bigint NOT NULL,
    PRIMARY KEY (tenant, store, device, day)
);
COMMENT ON TABLE conversation_begun IS 'How many conversations with its assistant began at each box on a day.';
COMMENT ON COLUMN conversation_begun.tenant IS 'Whose box it is.';
COMMENT ON COLUMN conversation_begun.store IS 'The store.';
COMMENT ON COLUMN conversation_begun.device IS 'The box.';
COMMENT ON COLUMN conversation_begun.day IS 'On which day (UTC).';
COMMENT ON COLUMN conversation_begun.begun IS 'The most that it ever said of that day.';
COMMENT ON COLUMN tenant_record.limits IS 'The most of stores, boxes, keys, people, MiB of files, and of directives, requests, rows and conversations a day (UTC); what is not there has none.';
COMMENT ON COLUMN tenant_usage.what IS 'directives, requests, rows or conversations.';

-- A box says how many began on a day: what it said before counts once, and a day that it cannot know is not counted.
-- How many head office knows of (`own`); of the day that is now, how many of all boxes (`used`), and of how many (`most`).
CREATE FUNCTION note_conversations(asked text, shop text, box text, on_day date, said bigint,
                                   OUT today date, OUT own bigint, OUT used bigint, OUT most bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    was bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('conversations ' || asked, 0));
    today := (now() AT TIME ZONE 'UTC')::date;
    SELECT begun INTO was FROM conversation_begun
    WHERE tenant = asked AND store = shop AND device = box AND day = on_day;
    own := greatest(coalesce(was, 0), CASE WHEN on_day BETWEEN today - 31 AND today + 1 THEN said ELSE 0 END);
    IF own > coalesce(was, 0) THEN
        INSERT INTO conversation_begun AS known (tenant, store, device, day, begun) VALUES (asked, shop, box, on_day, own)
        ON CONFLICT (tenant, store, device, day) DO UPDATE SET begun = excluded.begun;
        INSERT INTO tenant_usage AS known (tenant, day, what, used)
        VALUES (asked, on_day, 'conversations', own - coalesce(was, 0))
        ON CONFLICT (tenant, day, what) DO UPDATE SET used = known.used + excluded.used;
    END IF;
    SELECT known.used INTO used FROM tenant_usage AS known
    WHERE known.tenant = asked AND known.day = today AND known.what = 'conversations';
    used := coalesce(used, 0);
    SELECT (limits ->> 'conversations')::bigint INTO most FROM tenant_record WHERE tenant = asked;
END $$;
REVOKE EXECUTE ON FUNCTION note_conversations(text, text, text, date, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION note_conversations(text, text, text, date, bigint) TO edge_hub_worker;

CALL protect_tables();
REVOKE INSERT, UPDATE, DELETE ON conversation_begun FROM edge_hub_worker;
