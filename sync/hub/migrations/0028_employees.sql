-- Employees of a tenant: named once, with a role in each store. Stores are told by sealed directives; no PIN is here.
CREATE TABLE employee (
    tenant     text   NOT NULL,
    id         text   NOT NULL,
    name       text   NOT NULL,
    before     jsonb,
    changed_by text   NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, id)
);
COMMENT ON TABLE employee IS 'Employees whom head office adds to stores.';
COMMENT ON COLUMN employee.tenant IS 'Tenant.';
COMMENT ON COLUMN employee.id IS 'Id; their user ids in stores begin with it.';
COMMENT ON COLUMN employee.name IS 'Name, until they are deleted.';
COMMENT ON COLUMN employee.before IS 'Name and roles by store before the last change, for undo; NULL: there is nothing to undo.';
COMMENT ON COLUMN employee.changed_by IS 'person-N or key-N who changed it last.';
COMMENT ON COLUMN employee.changed_at IS 'Time of the last change.';

CREATE TABLE employee_store (
    tenant     text   NOT NULL,
    store      text   NOT NULL,
    id         text   NOT NULL,
    user_id    text   NOT NULL,
    role       text   NOT NULL,
    change     bigint NOT NULL DEFAULT 1,
    version    bigint,
    reason     text   NOT NULL DEFAULT '',
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, store, id)
);
CREATE INDEX employee_store_of ON employee_store (tenant, id);
CREATE INDEX employee_store_unsent ON employee_store (changed_at) WHERE version IS NULL;
COMMENT ON TABLE employee_store IS 'Roles of employees in stores, and the directive that told each store.';
COMMENT ON COLUMN employee_store.tenant IS 'Tenant.';
COMMENT ON COLUMN employee_store.store IS 'Store.';
COMMENT ON COLUMN employee_store.id IS 'Employee.';
COMMENT ON COLUMN employee_store.user_id IS 'User id in the store, which is never used again once it ended.';
COMMENT ON COLUMN employee_store.role IS 'Role in the store; empty: they no longer work there.';
COMMENT ON COLUMN employee_store.change IS 'Number of the change in this store.';
COMMENT ON COLUMN employee_store.version IS 'Directive that tells the store; NULL: it was not sent yet.';
COMMENT ON COLUMN employee_store.reason IS 'Why it was not sent yet.';
COMMENT ON COLUMN employee_store.changed_at IS 'Time of the last change.';

COMMENT ON COLUMN office_log.what IS 'tenant, store, box, person, employee, invitation, password, publication, support, release, export or removal.';

CALL protect_tables();
REVOKE INSERT, UPDATE, DELETE ON employee FROM edge_hub_worker;
REVOKE INSERT, DELETE ON employee_store FROM edge_hub_worker;
GRANT INSERT, UPDATE, DELETE ON employee, employee_store TO edge_hub_publisher;
