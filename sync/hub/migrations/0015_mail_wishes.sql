-- Everybody says for themselves how they are told by mail, in each tenant they belong to.
COMMENT ON COLUMN membership.mail IS 'How they are told by mail: on, without (kinds), zone, language, quiet_from, quiet_until, digest_at; what is not there is as usual.';

-- How somebody is told by mail of a tenant, and whether they are where they say nothing of it. No row: they do not
-- belong there; `reached`: whether they see all of its stores, as what is told is of all.
CREATE FUNCTION mail_of_person(who bigint, asked text) RETURNS TABLE (mail text, usual boolean, reached boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT
AS $$
    SELECT mail::text, role = 'owner', stores IS NULL AND groups IS NULL FROM membership
    WHERE person = who AND of_tenant = asked
$$;

-- Whether they belong there.
CREATE FUNCTION set_mail_of_person(who bigint, asked text, wanted text) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT
AS $$
    WITH changed AS (
        UPDATE membership SET mail = wanted::jsonb WHERE person = who AND of_tenant = asked RETURNING 1)
    SELECT EXISTS (SELECT FROM changed)
$$;
REVOKE EXECUTE ON FUNCTION mail_of_person(bigint, text), set_mail_of_person(bigint, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION mail_of_person(bigint, text), set_mail_of_person(bigint, text, text) TO edge_hub_reader;
