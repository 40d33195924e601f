-- Somebody new of head office is invited from its page: whoever has the link sets their own password, once.
CREATE TABLE staff_invitation (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    of_tenant  text  NOT NULL,
    email      text  NOT NULL,
    role       text  NOT NULL,
    stores     text[],
    groups     text[],
    hash       bytea NOT NULL UNIQUE,
    made_by    text  NOT NULL,
    made_at    timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    UNIQUE (of_tenant, email)
);
COMMENT ON TABLE staff_invitation IS 'Who was invited to a tenant, and has not come yet.';
COMMENT ON COLUMN staff_invitation.id IS 'The number by which it is withdrawn.';
COMMENT ON COLUMN staff_invitation.of_tenant IS 'To which tenant.';
COMMENT ON COLUMN staff_invitation.email IS 'What they will sign in with, in small letters.';
COMMENT ON COLUMN staff_invitation.role IS 'What they will be.';
COMMENT ON COLUMN staff_invitation.stores IS 'As in membership.';
COMMENT ON COLUMN staff_invitation.groups IS 'As in membership.';
COMMENT ON COLUMN staff_invitation.hash IS 'SHA-256 of what the link holds, which nobody keeps.';
COMMENT ON COLUMN staff_invitation.made_by IS 'person-N.';
COMMENT ON COLUMN staff_invitation.made_at IS 'When.';
COMMENT ON COLUMN staff_invitation.expires_at IS 'Until when it opens.';

-- How many people a tenant may have, and has: those that were invited are promised a place, but for this address.
CREATE FUNCTION people_of_limit(asked text, but_address text, OUT most bigint, OUT used bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT
AS $$
    SELECT (SELECT (limits ->> 'people')::bigint FROM tenant_record WHERE tenant = asked),
           (SELECT count(*) FROM membership WHERE of_tenant = asked)
           + (SELECT count(*) FROM staff_invitation
              WHERE of_tenant = asked AND email <> but_address AND expires_at > now())
$$;

-- The number of the invitation, in place of one of before to the same address; NULL: they belong there already.
CREATE FUNCTION invite_person(asked text, address text, new_role text, only_stores text[], only_groups text[], who text,
                              new bytea, lasts interval)
RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    number bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('membership ' || asked, 0));
    IF EXISTS (SELECT FROM membership JOIN staff ON staff.id = person WHERE of_tenant = asked AND email = address) THEN
        RETURN NULL;
    END IF;
    DELETE FROM staff_invitation WHERE of_tenant = asked AND (email = address OR expires_at <= now());
    INSERT INTO staff_invitation (of_tenant, email, role, stores, groups, hash, made_by, expires_at)
    VALUES (asked, address, new_role, only_stores, only_groups, new, who, now() + lasts) RETURNING id INTO number;
    RETURN number;
END $$;

CREATE FUNCTION invitations_of_tenant(asked text)
RETURNS TABLE (invitation bigint, email text, role text, stores text[], groups text[], made_by text,
               expires_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT
AS $$
    SELECT id, email, role, stores, groups, made_by, expires_at FROM staff_invitation
    WHERE of_tenant = asked AND expires_at > now() ORDER BY id
$$;

-- False: there is none of that number.
CREATE FUNCTION withdraw_invitation(asked text, number bigint) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT
AS $$
    WITH gone AS (DELETE FROM staff_invitation WHERE of_tenant = asked AND id = number RETURNING 1)
    SELECT EXISTS (SELECT FROM gone)
$$;

-- What a link opens now; no row: nothing, or its tenant is closed to people.
CREATE FUNCTION invitation_of(opened bytea)
RETURNS TABLE (of_tenant text, email text, role text, person bigint, password text, wait_s double precision)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT
AS $$
    SELECT own.of_tenant, own.email, own.role, staff.id, staff.password,
           CASE WHEN staff.wait_until > now() THEN extract(epoch FROM staff.wait_until - now()) ELSE 0 END
    FROM staff_invitation AS own LEFT JOIN staff ON staff.email = own.email
    WHERE hash = opened AND own.expires_at > now()
      AND NOT EXISTS (SELECT FROM tenant_record WHERE tenant = own.of_tenant AND state <> 'active')
$$;

-- Take an invitation, once: `hashed` is the password of who is new here (whoever is known keeps their own). The person;
-- NULL: it is over, or the tenant is full.
CREATE FUNCTION accept_invitation(opened bytea, hashed text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    own staff_invitation;
    who bigint;
BEGIN
    SELECT * INTO own FROM staff_invitation WHERE hash = opened AND expires_at > now();
    IF own IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('membership ' || own.of_tenant, 0));
    IF (SELECT used >= most FROM people_of_limit(own.of_tenant, own.email)) THEN
        RETURN NULL;
    END IF;
    DELETE FROM staff_invitation WHERE id = own.id;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    SELECT id INTO who FROM staff WHERE email = own.email;
    IF who IS NULL THEN
        IF hashed = '' THEN
            RAISE 'whoever is new has a password';
        END IF;
        INSERT INTO staff (email, password) VALUES (own.email, hashed) RETURNING id INTO who;
    END IF;
    INSERT INTO membership (person, of_tenant, role, stores, groups)
    VALUES (who, own.of_tenant, own.role, own.stores, own.groups) ON CONFLICT DO NOTHING;
    INSERT INTO office_log (tenant, who, what, subject, after)
    VALUES (own.of_tenant, 'person-' || who, 'person', 'person-' || who,
            jsonb_build_object('role', own.role, 'stores', own.stores, 'groups', own.groups, 'invited_by', own.made_by));
    RETURN who;
END $$;
COMMENT ON COLUMN office_log.what IS 'tenant, store, person, invitation, publication, support, release, export or removal.';

REVOKE EXECUTE ON FUNCTION people_of_limit(text, text),
    invite_person(text, text, text, text[], text[], text, bytea, interval), invitations_of_tenant(text),
    withdraw_invitation(text, bigint), invitation_of(bytea), accept_invitation(bytea, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION people_of_limit(text, text),
    invite_person(text, text, text, text[], text[], text, bytea, interval), withdraw_invitation(text, bigint)
    TO edge_hub_publisher;
GRANT EXECUTE ON FUNCTION invitations_of_tenant(text), invitation_of(bytea), accept_invitation(bytea, text)
    TO edge_hub_reader;
