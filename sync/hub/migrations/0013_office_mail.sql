-- What head office tells a tenant of itself also goes to its people by mail, as each of them wants it.
ALTER TABLE membership ADD COLUMN mail jsonb NOT NULL DEFAULT '{}';
COMMENT ON COLUMN membership.mail IS 'How they are told by mail: on, zone, language, quiet_from, quiet_until, digest_at; what is not there is as usual.';
COMMENT ON COLUMN office_alert.kind IS 'licence, quota, urgent (a publication to which an owner alone said yes) or stopped (one that stopped).';

CREATE TABLE office_told (
    tenant  text   NOT NULL,
    person  bigint NOT NULL,
    kind    text   NOT NULL,
    subject text   NOT NULL,
    mark    text   NOT NULL,
    at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, person, kind, subject, mark)
);
COMMENT ON TABLE office_told IS 'Who was told what of head office by mail: once each.';
COMMENT ON COLUMN office_told.tenant IS 'Of which tenant.';
COMMENT ON COLUMN office_told.person IS 'Whom.';
COMMENT ON COLUMN office_told.kind IS 'Of what kind it was.';
COMMENT ON COLUMN office_told.subject IS 'Of which store, limit or publication.';
COMMENT ON COLUMN office_told.mark IS 'What was passed.';
COMMENT ON COLUMN office_told.at IS 'When.';

-- Owners are told, where they do not want it otherwise; of others who does.
CREATE FUNCTION mail_of_staff(asked text) RETURNS TABLE (person bigint, email text, mail text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT
AS $$
    SELECT person, email, mail::text FROM membership JOIN staff ON staff.id = membership.person
    WHERE of_tenant = asked AND coalesce((mail ->> 'on')::boolean, role = 'owner') AND stores IS NULL AND groups IS NULL
    ORDER BY person
$$;
REVOKE EXECUTE ON FUNCTION mail_of_staff(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION mail_of_staff(text) TO edge_hub_worker;

CALL protect_tables();
