-- A box is enrolled from head office's page: whoever brings its code gets what the box needs, once and within the hour.
CREATE TABLE box_code (
    of_tenant  text  NOT NULL,
    store      text  NOT NULL,
    device     text  NOT NULL,
    hash       bytea NOT NULL UNIQUE,
    made_by    text  NOT NULL,
    made_at    timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (of_tenant, store, device)
);
COMMENT ON TABLE box_code IS 'Boxes that may be enrolled now, by whoever has the code.';
COMMENT ON COLUMN box_code.of_tenant IS 'Of which tenant it will be.';
COMMENT ON COLUMN box_code.store IS 'Of which store.';
COMMENT ON COLUMN box_code.device IS 'What the box will be called.';
COMMENT ON COLUMN box_code.hash IS 'SHA-256 of the secret of the code, which nobody keeps.';
COMMENT ON COLUMN box_code.made_by IS 'person-N.';
COMMENT ON COLUMN box_code.made_at IS 'When.';
COMMENT ON COLUMN box_code.expires_at IS 'Until when it is taken.';

-- In place of one of before for the same box. False: there is no such store, or it is closed.
CREATE FUNCTION make_box_code(asked text, shop text, box text, who text, new bytea, lasts interval) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM store_record WHERE tenant = asked AND store = shop AND state <> 'closed') THEN
        RETURN false;
    END IF;
    DELETE FROM box_code WHERE of_tenant = asked AND ((store = shop AND device = box) OR expires_at <= now());
    INSERT INTO box_code (of_tenant, store, device, hash, made_by, expires_at)
    VALUES (asked, shop, box, new, who, now() + lasts);
    RETURN true;
END $$;

-- Take it, once; no row: it is wrong, used or too old, or its tenant is not active.
CREATE FUNCTION take_box_code(brought bytea) RETURNS TABLE (of_tenant text, store text, device text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    own box_code;
BEGIN
    DELETE FROM box_code AS one WHERE one.hash = brought RETURNING * INTO own;
    IF own IS NULL OR own.expires_at <= now()
       OR EXISTS (SELECT FROM tenant_record AS record WHERE record.tenant = own.of_tenant AND state <> 'active') THEN
        RETURN;
    END IF;
    INSERT INTO office_log (tenant, who, what, subject, after)
    VALUES (own.of_tenant, own.made_by, 'box', own.store || '/' || own.device, jsonb_build_object('state', 'enrolled'));
    RETURN QUERY SELECT own.of_tenant, own.store, own.device;
END $$;
COMMENT ON COLUMN office_log.what IS 'tenant, store, box, person, invitation, password, publication, support, release, export or removal.';

REVOKE EXECUTE ON FUNCTION make_box_code(text, text, text, text, bytea, interval), take_box_code(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION make_box_code(text, text, text, text, bytea, interval) TO edge_hub_publisher;
GRANT EXECUTE ON FUNCTION take_box_code(bytea) TO edge_hub_reader;
