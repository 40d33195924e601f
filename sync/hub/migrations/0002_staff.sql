-- People of head office: each signs in as themselves, belongs to tenants with a role and perhaps some stores alone, and
-- holds a token of one tenant at a time. What may be asked of these tables is in functions; nobody but their owner reads
-- them. (`of_tenant`: they are asked before the tenant is known, and lie with the keys on the coordinator.)
CREATE TABLE staff (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email      text   NOT NULL UNIQUE,
    password   text   NOT NULL,
    wrong      int    NOT NULL DEFAULT 0,
    wait_until timestamptz NOT NULL DEFAULT '-infinity',
    made_at    timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE staff IS 'People of head office.';
COMMENT ON COLUMN staff.id IS 'The number by which records speak of somebody.';
COMMENT ON COLUMN staff.email IS 'What they sign in with, in small letters.';
COMMENT ON COLUMN staff.password IS 'Argon2id of their password.';
COMMENT ON COLUMN staff.wrong IS 'Wrong passwords in a row.';
COMMENT ON COLUMN staff.wait_until IS 'Until then none is compared.';
COMMENT ON COLUMN staff.made_at IS 'Since when.';

CREATE TABLE membership (
    person    bigint NOT NULL REFERENCES staff ON DELETE CASCADE,
    of_tenant text   NOT NULL,
    role      text   NOT NULL,
    stores    text[],
    PRIMARY KEY (person, of_tenant)
);
COMMENT ON TABLE membership IS 'Who belongs to which tenant; looked up at each request.';
COMMENT ON COLUMN membership.person IS 'Who.';
COMMENT ON COLUMN membership.of_tenant IS 'Whose rows they see.';
COMMENT ON COLUMN membership.role IS 'viewer, editor or owner (sync/hub/api/staff.py).';
COMMENT ON COLUMN membership.stores IS 'The only stores; NULL: all of the tenant.';

CREATE TABLE staff_token (
    hash       bytea  PRIMARY KEY,
    person     bigint NOT NULL REFERENCES staff ON DELETE CASCADE,
    of_tenant  text   NOT NULL,
    made_at    timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    with_factor boolean NOT NULL DEFAULT false
);
CREATE INDEX staff_token_of ON staff_token (person);
COMMENT ON TABLE staff_token IS 'Tokens that hold: SHA-256, and the one tenant of each.';
COMMENT ON COLUMN staff_token.hash IS 'SHA-256 of the token, which nobody keeps.';
COMMENT ON COLUMN staff_token.person IS 'Whose it is.';
COMMENT ON COLUMN staff_token.of_tenant IS 'The one tenant that it opens.';
COMMENT ON COLUMN staff_token.made_at IS 'When it was made.';
COMMENT ON COLUMN staff_token.expires_at IS 'When it ends by itself.';
COMMENT ON COLUMN staff_token.with_factor IS 'Whether it was made with a second factor: rights that ask for one go by the token.';

CREATE TABLE staff_log (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at        timestamptz NOT NULL DEFAULT now(),
    person    bigint NOT NULL REFERENCES staff ON DELETE CASCADE,
    what      text   NOT NULL,
    of_tenant text   NOT NULL,
    before    text   NOT NULL
);
COMMENT ON TABLE staff_log IS 'Who signed in, switched from one tenant to another, signed out, or was wrong.';
COMMENT ON COLUMN staff_log.id IS 'Their order.';
COMMENT ON COLUMN staff_log.at IS 'When.';
COMMENT ON COLUMN staff_log.person IS 'Who.';
COMMENT ON COLUMN staff_log.what IS 'signed_in, switched, signed_out, wrong, factor_set, factor_dropped or recovery_used.';
COMMENT ON COLUMN staff_log.of_tenant IS 'To which tenant.';
COMMENT ON COLUMN staff_log.before IS 'From which one.';

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

CREATE FUNCTION staff_of(asked text) RETURNS TABLE (id bigint, password text, wait_s double precision)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT
AS $$
    SELECT id, password, CASE WHEN wait_until > now() THEN extract(epoch FROM wait_until - now()) ELSE 0 END
    FROM staff WHERE email = asked
$$;

-- Five wrong, then 10 s, doubled to 10 min.
CREATE FUNCTION note_wrong_password(who bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT
AS $$
    UPDATE staff SET wrong = wrong + 1,
        wait_until = CASE WHEN wrong + 1 < 5 THEN wait_until
                     ELSE now() + least(600, 10 * power(2, least(wrong + 1 - 5, 10))) * interval '1 second' END
    WHERE id = who;
    INSERT INTO staff_log (person, what, of_tenant, before) VALUES (who, 'wrong', '', '')
$$;

CREATE FUNCTION memberships_of(who bigint) RETURNS TABLE (of_tenant text, role text, stores text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT
AS $$ SELECT of_tenant, role, stores FROM membership WHERE person = who ORDER BY of_tenant $$;

-- A token of one tenant in place of `old` (NULL: of none), if they belong to it; at most 16 hold of one person.
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
    -- a token in place of another ends when that would have: whoever switches for ever signs in again all the same
    SELECT expires_at, with_factor INTO ends, by_factor FROM staff_token
    WHERE hash = old AND person = who AND expires_at > now();
    IF old IS NOT NULL AND ends IS NULL THEN
        RETURN NULL;
    END IF;
    DELETE FROM staff_token WHERE person = who AND (hash = old OR expires_at <= now());
    DELETE FROM staff_token WHERE hash IN (
        SELECT hash FROM staff_token WHERE person = who ORDER BY made_at DESC OFFSET 15);
    INSERT INTO staff_token (hash, person, of_tenant, expires_at, with_factor)
    VALUES (new, who, wanted, coalesce(ends, now() + lasts), proved OR coalesce(by_factor, false)) RETURNING expires_at INTO ends;
    UPDATE staff SET wrong = 0, wait_until = '-infinity' WHERE id = who AND old IS NULL;
    INSERT INTO staff_log (person, what, of_tenant, before)
    VALUES (who, CASE WHEN old IS NULL THEN 'signed_in' ELSE 'switched' END, wanted, was);
    RETURN ends;
END $$;

CREATE FUNCTION staff_token_of(asked bytea)
RETURNS TABLE (person bigint, of_tenant text, role text, stores text[], with_factor boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT
AS $$
    SELECT person, of_tenant, role, stores, with_factor
    FROM staff_token JOIN membership USING (person, of_tenant)
    WHERE hash = asked AND expires_at > now()
$$;

CREATE FUNCTION end_staff_token(asked bytea) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT
AS $$
    INSERT INTO staff_log (person, what, of_tenant, before)
    SELECT person, 'signed_out', '', of_tenant FROM staff_token WHERE hash = asked;
    DELETE FROM staff_token WHERE hash = asked
$$;

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

-- Without the factor that made it, a token is one of a password alone, also when another factor follows.
CREATE FUNCTION drop_staff_factor(who bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT
AS $$
    INSERT INTO staff_log (person, what, of_tenant, before)
    SELECT who, 'factor_dropped', '', '' FROM staff_factor WHERE person = who AND secret <> '';
    DELETE FROM staff_factor WHERE person = who;
    DELETE FROM staff_recovery WHERE person = who;
    UPDATE staff_token SET with_factor = false WHERE person = who
$$;

REVOKE EXECUTE ON FUNCTION staff_of(text), note_wrong_password(bigint), memberships_of(bigint),
    make_staff_token(bigint, text, bytea, interval, bytea, text, boolean), staff_token_of(bytea), end_staff_token(bytea),
    staff_password_of(bigint), staff_factor_of(bigint), begin_staff_factor(bigint, bytea, bytea),
    confirm_staff_factor(bigint, bytea, bigint, bytea[]), use_staff_step(bigint, bigint),
    use_staff_recovery(bigint, bytea), drop_staff_factor(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION staff_of(text), note_wrong_password(bigint), memberships_of(bigint),
    make_staff_token(bigint, text, bytea, interval, bytea, text, boolean), staff_token_of(bytea), end_staff_token(bytea),
    staff_password_of(bigint), staff_factor_of(bigint), begin_staff_factor(bigint, bytea, bytea),
    confirm_staff_factor(bigint, bytea, bigint, bytea[]), use_staff_step(bigint, bigint),
    use_staff_recovery(bigint, bytea), drop_staff_factor(bigint)
    TO edge_hub_reader;
