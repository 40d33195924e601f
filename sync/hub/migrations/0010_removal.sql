-- A tenant that closes is removed: after a wait, by one who asks and another who says yes. Its row and what was logged stay.
ALTER TABLE tenant_record DROP CONSTRAINT tenant_record_state_check;
ALTER TABLE tenant_record ADD CONSTRAINT tenant_record_state_check
    CHECK (state IN ('active', 'suspended', 'closing', 'removed'));
COMMENT ON COLUMN tenant_record.state IS 'active; suspended (journals are taken, directives wait, the API is closed); closing (the same, until it is removed); removed.';

CREATE TABLE tenant_removal (
    tenant      text PRIMARY KEY,
    asked_by    text NOT NULL,
    asked_at    timestamptz NOT NULL DEFAULT now(),
    approved_by text NOT NULL DEFAULT '',
    approved_at timestamptz,
    removed_at  timestamptz
);
COMMENT ON TABLE tenant_removal IS 'Who asked that a tenant is removed, and who else said yes.';
COMMENT ON COLUMN tenant_removal.tenant IS 'Which.';
COMMENT ON COLUMN tenant_removal.asked_by IS 'person-N or operator.';
COMMENT ON COLUMN tenant_removal.asked_at IS 'When: the wait begins.';
COMMENT ON COLUMN tenant_removal.approved_by IS 'Somebody else; empty: nobody yet.';
COMMENT ON COLUMN tenant_removal.approved_at IS 'When they said yes.';
COMMENT ON COLUMN tenant_removal.removed_at IS 'When its rows were gone; NULL: they are there.';
COMMENT ON COLUMN office_log.what IS 'tenant, store, person, publication, support, release, export or removal.';

CALL protect_tables();
REVOKE INSERT, UPDATE, DELETE ON tenant_removal FROM edge_hub_worker;
GRANT INSERT, UPDATE, DELETE ON tenant_removal TO edge_hub_publisher;
