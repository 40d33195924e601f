-- An invitation is taken by the person who was proved: `proved` is whom its address had when the password was looked at
-- (NULL: nobody yet). By now somebody else, and nothing is written: 0. NULL as before: it is over, or the tenant is full.
DROP FUNCTION accept_invitation(bytea, text);
CREATE FUNCTION accept_invitation(opened bytea, hashed text, proved bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    own staff_invitation;
    who bigint;
BEGIN
    SELECT * INTO own FROM staff_invitation WHERE hash = opened AND expires_at > now();
    IF own IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('staff ' || own.email, 0));
    PERFORM pg_advisory_xact_lock(hashtextextended('membership ' || own.of_tenant, 0));
    SELECT id INTO who FROM staff WHERE email = own.email;
    IF who IS DISTINCT FROM proved THEN
        RETURN 0;
    END IF;
    IF (SELECT used >= most FROM people_of_limit(own.of_tenant, own.email)) THEN
        RETURN NULL;
    END IF;
    DELETE FROM staff_invitation WHERE id = own.id;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
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
REVOKE EXECUTE ON FUNCTION accept_invitation(bytea, text, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION accept_invitation(bytea, text, bigint) TO edge_hub_reader;
