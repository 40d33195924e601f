-- Second factors of people of head office. A secret is sealed under a key that is made of its owner's password: whoever
-- reads the table, or a backup of it, has neither.
CREATE TABLE staff_factor (
    person    bigint PRIMARY KEY REFERENCES staff ON DELETE CASCADE,
    salt      bytea  NOT NULL,
    secret    bytea  NOT NULL DEFAULT '',
    begun     bytea  NOT NULL DEFAULT '',
    begun_at  timestamptz NOT NULL DEFAULT now(),
    last_step bigint NOT NULL DEFAULT 0
);
COMMENT ON TABLE staff_factor IS 'Second factors of people of head office (TOTP).';
COMMENT ON COLUMN staff_factor.person IS 'Whose.';
COMMENT ON COLUMN staff_factor.salt IS 'With the password it makes the key of the secrets.';
COMMENT ON COLUMN staff_factor.secret IS 'The secret that counts, sealed; empty: none does yet.';
COMMENT ON COLUMN staff_factor.begun IS 'One that counts after its first right code, sealed.';
COMMENT ON COLUMN staff_factor.begun_at IS 'Since when that one waits.';
COMMENT ON COLUMN staff_factor.last_step IS 'The newest step of 30 s that was used: each opens once.';

CREATE TABLE staff_recovery (
    person bigint NOT NULL REFERENCES staff ON DELETE CASCADE,
    hash   bytea  NOT NULL,
    PRIMARY KEY (person, hash)
);
COMMENT ON TABLE staff_recovery IS 'Recovery codes that were not used yet.';
COMMENT ON COLUMN staff_recovery.person IS 'Whose.';
COMMENT ON COLUMN staff_recovery.hash IS 'SHA-256 of one.';
COMMENT ON COLUMN staff_log.what IS 'signed_in, switched, signed_out, wrong, factor_set, factor_dropped or recovery_used.';

CREATE FUNCTION staff_password_of(who bigint) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT
AS $$ SELECT password FROM staff WHERE id = who AND wait_until <= now() $$;

CREATE FUNCTION staff_factor_of(who bigint) RETURNS TABLE (salt bytea, secret bytea, begun bytea, last_step bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT
AS $$
    SELECT salt, secret, CASE WHEN begun_at > now() - interval '10 minutes' THEN begun ELSE '' END, last_step
    FROM staff_factor WHERE person = who
$$;

CREATE FUNCTION begin_staff_factor(who bigint, new_salt bytea, sealed bytea) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT
AS $$
    INSERT INTO staff_factor (person, salt, begun) VALUES (who, new_salt, sealed)
    ON CONFLICT (person) DO UPDATE SET begun = excluded.begun, begun_at = now()
$$;

-- What was begun counts from now on, with other recovery codes. False: it is not there any more.
CREATE FUNCTION confirm_staff_factor(who bigint, sealed bytea, step bigint, hashes bytea[]) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $$
BEGIN
    UPDATE staff_factor SET secret = begun, begun = '', last_step = step WHERE person = who AND begun = sealed;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    DELETE FROM staff_recovery WHERE person = who;
    INSERT INTO staff_recovery (person, hash) SELECT who, unnest(hashes);
    INSERT INTO staff_log (person, what, of_tenant, before) VALUES (who, 'factor_set', '', '');
    RETURN true;
END $$;

CREATE FUNCTION use_staff_step(who bigint, step bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $$
BEGIN
    UPDATE staff_factor SET last_step = step WHERE person = who AND last_step < step;
    RETURN FOUND;
END $$;

CREATE FUNCTION use_staff_recovery(who bigint, typed bytea) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $$
BEGIN
    DELETE FROM staff_recovery WHERE person = who AND hash = typed;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    INSERT INTO staff_log (person, what, of_tenant, before) VALUES (who, 'recovery_used', '', '');
    RETURN true;
END $$;

CREATE FUNCTION drop_staff_factor(who bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT
AS $$
    INSERT INTO staff_log (person, what, of_tenant, before)
    SELECT who, 'factor_dropped', '', '' FROM staff_factor WHERE person = who AND secret <> '';
    DELETE FROM staff_factor WHERE person = who;
    DELETE FROM staff_recovery WHERE person = who
$$;

-- Whether somebody has a second factor, beside what their token opens: some rights ask for one.
DROP FUNCTION staff_token_of(bytea);
CREATE FUNCTION staff_token_of(asked bytea)
RETURNS TABLE (person bigint, of_tenant text, role text, stores text[], has_factor boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT
AS $$
    SELECT person, of_tenant, role, stores,
           EXISTS (SELECT FROM staff_factor AS f WHERE f.person = staff_token.person AND f.secret <> '')
    FROM staff_token JOIN membership USING (person, of_tenant)
    WHERE hash = asked AND expires_at > now()
$$;

REVOKE EXECUTE ON FUNCTION staff_password_of(bigint), staff_factor_of(bigint), begin_staff_factor(bigint, bytea, bytea),
    confirm_staff_factor(bigint, bytea, bigint, bytea[]), use_staff_step(bigint, bigint),
    use_staff_recovery(bigint, bytea), drop_staff_factor(bigint), staff_token_of(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION staff_password_of(bigint), staff_factor_of(bigint), begin_staff_factor(bigint, bytea, bytea),
    confirm_staff_factor(bigint, bytea, bigint, bytea[]), use_staff_step(bigint, bigint),
    use_staff_recovery(bigint, bytea), drop_staff_factor(bigint), staff_token_of(bytea) TO edge_hub_reader;
