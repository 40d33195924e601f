-- Releases of the software that a tenant's boxes may be given, and their files in pieces.
CREATE TABLE software_release (
    tenant    text   NOT NULL,
    version   text   NOT NULL,
    digest    text   NOT NULL,
    said      text   NOT NULL,
    signature text   NOT NULL,
    pieces    bigint NOT NULL,
    made_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, version)
);
COMMENT ON TABLE software_release IS 'Releases of the software that boxes may be given.';
COMMENT ON COLUMN software_release.tenant IS 'Whose boxes.';
COMMENT ON COLUMN software_release.version IS 'The version.';
COMMENT ON COLUMN software_release.digest IS 'SHA-256 of its file (hexadecimal).';
COMMENT ON COLUMN software_release.said IS 'What it says of itself (JSON), as it was signed.';
COMMENT ON COLUMN software_release.signature IS 'The signature (Ed25519, hexadecimal) of who made it.';
COMMENT ON COLUMN software_release.pieces IS 'Into how many pieces its file is cut.';
COMMENT ON COLUMN software_release.made_at IS 'When it was brought.';

CREATE TABLE software_piece (
    tenant  text   NOT NULL,
    version text   NOT NULL,
    n       bigint NOT NULL,
    body    bytea  NOT NULL,
    PRIMARY KEY (tenant, version, n)
);
COMMENT ON TABLE software_piece IS 'The files of releases.';
COMMENT ON COLUMN software_piece.tenant IS 'Whose boxes.';
COMMENT ON COLUMN software_piece.version IS 'Of which release.';
COMMENT ON COLUMN software_piece.n IS 'Which piece, from 1.';
COMMENT ON COLUMN software_piece.body IS 'The piece.';

COMMENT ON COLUMN office_log.what IS 'tenant, store, person, publication, support or release.';

COMMENT ON COLUMN membership.role IS 'viewer, editor, approver, owner, support or translator (sync/hub/api/staff.py).';

CALL protect_tables();
REVOKE INSERT, UPDATE, DELETE ON software_release, software_piece FROM edge_hub_worker;
