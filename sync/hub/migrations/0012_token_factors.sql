-- A token says whether it was made with a second factor: rights that ask for one go by the token. Who has a token that
-- was made by a password alone signs in once more.
ALTER TABLE staff_token ADD COLUMN with_factor boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN staff_token.with_factor IS 'Whether it was made with a second factor.';

DROP FUNCTION make_staff_token(bigint, text, bytea, interval, bytea, text);
CREATE FUNCTION make_staff_token(who bigint, wanted text, new bytea, lasts interval, old bytea, was text,
                                 proved boolean DEFAULT false)
RETURNS timestamptz
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $$
DECLARE
    ends timestamptz;
    by_factor boolean;
BEGIN
    IF NOT EXISTS (SELECT FROM membership WHERE person = who AND of_tenant = wanted) THEN
        RETURN NULL;
    END IF;
    by_factor := proved OR EXISTS (SELECT FROM staff_token WHERE hash = old AND person = who AND with_factor);
    DELETE FROM staff_token WHERE person = who AND (hash = old OR expires_at <= now());
    DELETE FROM staff_token WHERE hash IN (
        SELECT hash FROM staff_token WHERE person = who ORDER BY made_at DESC OFFSET 15);
    INSERT INTO staff_token (hash, person, of_tenant, expires_at, with_factor)
    VALUES (new, who, wanted, now() + lasts, by_factor) RETURNING expires_at INTO ends;
    UPDATE staff SET wrong = 0, wait_until = '-infinity' WHERE id = who AND old IS NULL;
    INSERT INTO staff_log (person, what, of_tenant, before)
    VALUES (who, CASE WHEN old IS NULL THEN 'signed_in' ELSE 'switched' END, wanted, was);
    RETURN ends;
END $$;

-- Without the factor that made it, a token is one of a password alone, also when another factor follows.
CREATE OR REPLACE FUNCTION drop_staff_factor(who bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT
AS $$
    INSERT INTO staff_log (person, what, of_tenant, before)
    SELECT who, 'factor_dropped', '', '' FROM staff_factor WHERE person = who AND secret <> '';
    DELETE FROM staff_factor WHERE person = who;
    DELETE FROM staff_recovery WHERE person = who;
    UPDATE staff_token SET with_factor = false WHERE person = who
$$;

DROP FUNCTION staff_token_of(bytea);
CREATE FUNCTION staff_token_of(asked bytea)
RETURNS TABLE (person bigint, of_tenant text, role text, stores text[], with_factor boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT
AS $$
    SELECT person, of_tenant, role, stores, with_factor
    FROM staff_token JOIN membership USING (person, of_tenant)
    WHERE hash = asked AND expires_at > now()
$$;

REVOKE EXECUTE ON FUNCTION make_staff_token(bigint, text, bytea, interval, bytea, text, boolean), staff_token_of(bytea)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION make_staff_token(bigint, text, bytea, interval, bytea, text, boolean), staff_token_of(bytea)
    TO edge_hub_reader;
