-- Whoever forgot their password sets another one by a link: mailed to them, or made by an owner of their only tenant.
CREATE TABLE staff_password_link (
    hash       bytea  PRIMARY KEY,
    person     bigint NOT NULL REFERENCES staff ON DELETE CASCADE,
    of_tenant  text   NOT NULL,
    made_by    text   NOT NULL,
    made_at    timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL
);
CREATE INDEX staff_password_link_of ON staff_password_link (person);
COMMENT ON TABLE staff_password_link IS 'Links by which somebody sets another password, until one was used or they end.';
COMMENT ON COLUMN staff_password_link.hash IS 'SHA-256 of what the link holds, which nobody keeps.';
COMMENT ON COLUMN staff_password_link.person IS 'Whose password.';
COMMENT ON COLUMN staff_password_link.of_tenant IS 'Whose owner made it; empty: it was mailed.';
COMMENT ON COLUMN staff_password_link.made_by IS 'person-N; empty: it was mailed.';
COMMENT ON COLUMN staff_password_link.made_at IS 'When.';
COMMENT ON COLUMN staff_password_link.expires_at IS 'Until when it opens.';
COMMENT ON COLUMN staff_log.what IS 'signed_in, switched, signed_out, wrong, factor_set, factor_dropped, recovery_used or password_set.';
COMMENT ON COLUMN office_log.what IS 'tenant, store, person, invitation, password, publication, support, release, export or removal.';

-- A link that is to be mailed. False: nobody signs in by that address, or so many wait for them already.
CREATE FUNCTION ask_password_link(address text, new bytea, lasts interval, at_once int) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    who bigint;
BEGIN
    DELETE FROM staff_password_link WHERE expires_at <= now();
    SELECT id INTO who FROM staff WHERE email = address FOR UPDATE;
    IF who IS NULL OR NOT EXISTS (SELECT FROM membership WHERE person = who)
        OR (SELECT count(*) FROM staff_password_link WHERE person = who AND made_by = '') >= at_once THEN
        RETURN false;
    END IF;
    INSERT INTO staff_password_link (hash, person, of_tenant, made_by, expires_at) VALUES (new, who, '', '', now() + lasts);
    RETURN true;
END $$;

-- A link that an owner gives to somebody else of the tenant, in place of one of before. '' or why not: who belongs
-- elsewhere as well is not this owner's.
CREATE FUNCTION make_password_link(asked text, who bigint, maker text, new bytea, lasts interval) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM membership WHERE of_tenant = asked AND person = who) THEN
        RETURN 'nobody';
    END IF;
    IF maker = 'person-' || who THEN
        RETURN 'oneself';
    END IF;
    IF EXISTS (SELECT FROM membership WHERE of_tenant <> asked AND person = who) THEN
        RETURN 'elsewhere';
    END IF;
    DELETE FROM staff_password_link WHERE person = who AND made_by <> '';
    INSERT INTO staff_password_link (hash, person, of_tenant, made_by, expires_at)
    VALUES (new, who, asked, maker, now() + lasts);
    RETURN '';
END $$;

-- Whose password a link sets now, and whether they have a second factor. An owner's one holds while their tenant is the
-- only one of that person.
CREATE FUNCTION password_link_of(opened bytea) RETURNS TABLE (person bigint, email text, factor boolean, made_by text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT
AS $$
    SELECT own.person, staff.email,
           EXISTS (SELECT FROM staff_factor AS one WHERE one.person = own.person AND secret <> ''), own.made_by
    FROM staff_password_link AS own JOIN staff ON staff.id = own.person
    WHERE hash = opened AND own.expires_at > now() AND (own.made_by = '' OR (
        EXISTS (SELECT FROM membership WHERE membership.person = own.person AND of_tenant = own.of_tenant)
        AND NOT EXISTS (SELECT FROM membership WHERE membership.person = own.person AND of_tenant <> own.of_tenant)))
$$;

-- Set it, once: all their links and tokens open nothing any more, their second factor stays. False: the link is over.
CREATE FUNCTION use_password_link(opened bytea, hashed text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    who bigint;
    maker text;
BEGIN
    SELECT person, made_by INTO who, maker FROM password_link_of(opened);
    DELETE FROM staff_password_link WHERE hash = opened AND person = who;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    DELETE FROM staff_password_link WHERE person = who;
    DELETE FROM staff_token WHERE person = who;
    UPDATE staff SET password = hashed, wrong = 0, wait_until = '-infinity' WHERE id = who;
    INSERT INTO staff_log (person, what, of_tenant, before) VALUES (who, 'password_set', '', '');
    INSERT INTO office_log (tenant, who, what, subject, after)
    SELECT of_tenant, 'person-' || who, 'password', 'person-' || who, jsonb_build_object('link_of', maker)
    FROM membership WHERE person = who;
    RETURN true;
END $$;

-- A mail of head office's own, of no tenant: what it says is for its recipient alone.
CREATE FUNCTION mail_link(called text, address text, mail bytea, lasts interval) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO office_letter (tenant, store, device, key, recipient, body, state, next_at, until_at, moved_at)
    VALUES ('', '', '', called, address, mail, 'queued', now(), now() + lasts, now()) ON CONFLICT DO NOTHING;
END $$;

REVOKE EXECUTE ON FUNCTION ask_password_link(text, bytea, interval, int),
    make_password_link(text, bigint, text, bytea, interval), password_link_of(bytea), use_password_link(bytea, text),
    mail_link(text, text, bytea, interval) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ask_password_link(text, bytea, interval, int), password_link_of(bytea),
    use_password_link(bytea, text), mail_link(text, text, bytea, interval) TO edge_hub_reader;
GRANT EXECUTE ON FUNCTION make_password_link(text, bigint, text, bytea, interval),
    mail_link(text, text, bytea, interval) TO edge_hub_publisher;
