-- Keys end, are good for some stores alone, and say when they were used last: one that leaked, or that nobody needs any
-- more, is seen and does not open everything for ever.
ALTER TABLE api_key ADD COLUMN expires_at timestamptz, ADD COLUMN used_at timestamptz, ADD COLUMN stores text[];

COMMENT ON TABLE api_key IS 'Keys of head office''s programs.';
COMMENT ON COLUMN api_key.id IS 'The number by which people speak of the key.';
COMMENT ON COLUMN api_key.tenant IS 'Whose rows it opens.';
COMMENT ON COLUMN api_key.name IS 'Whose or what for it is.';
COMMENT ON COLUMN api_key.hash IS 'SHA-256 of the secret, which nobody keeps.';
COMMENT ON COLUMN api_key.may IS 'read; publish (directives of every kind but those of people and PINs); publish:KIND.';
COMMENT ON COLUMN api_key.stores IS 'The only stores it is good for; NULL: all of the tenant.';
COMMENT ON COLUMN api_key.made_at IS 'When it was made.';
COMMENT ON COLUMN api_key.expires_at IS 'When it ends; NULL: never, as those that were made before keys ended.';
COMMENT ON COLUMN api_key.used_at IS 'The hour in which it was used last; NULL: not since this is kept.';
COMMENT ON COLUMN api_key.revoked_at IS 'When it was taken out of use.';

-- `noted`: that it was used in this hour is written down.
DROP FUNCTION api_key_of(bytea);
CREATE FUNCTION api_key_of(asked bytea)
RETURNS TABLE (id bigint, tenant text, may text[], stores text[], noted boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT
AS $$
    SELECT id, tenant, may, stores, coalesce(used_at >= date_trunc('hour', now(), 'UTC'), false)
    FROM api_key
    WHERE hash = asked AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
$$;

CREATE FUNCTION note_api_key(used bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT
AS $$ UPDATE api_key SET used_at = date_trunc('hour', now(), 'UTC') WHERE id = used $$;

REVOKE EXECUTE ON FUNCTION api_key_of(bytea), note_api_key(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api_key_of(bytea), note_api_key(bigint) TO edge_hub_reader;
