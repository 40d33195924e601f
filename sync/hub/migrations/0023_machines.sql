-- How much room each box has on its disk, and how far its clock is from head office's, as it said last.
CREATE TABLE box_machine (
    tenant        text   NOT NULL,
    store         text   NOT NULL,
    device        text   NOT NULL,
    disk_mib      bigint NOT NULL,
    disk_free_mib bigint NOT NULL,
    clock_ms      bigint NOT NULL,
    clock_doubted boolean NOT NULL,
    told_at       timestamptz NOT NULL,
    PRIMARY KEY (tenant, store, device)
);
COMMENT ON TABLE box_machine IS 'What each box said of its machine last.';
COMMENT ON COLUMN box_machine.tenant IS 'Whose box it is.';
COMMENT ON COLUMN box_machine.store IS 'The store.';
COMMENT ON COLUMN box_machine.device IS 'The box.';
COMMENT ON COLUMN box_machine.disk_mib IS 'The disk of its ledger (MiB).';
COMMENT ON COLUMN box_machine.disk_free_mib IS 'What is free of it (MiB).';
COMMENT ON COLUMN box_machine.clock_ms IS 'How far its clock is ahead (milliseconds; below 0: behind), the way here included.';
COMMENT ON COLUMN box_machine.clock_doubted IS 'Whether the box itself doubts its clock.';
COMMENT ON COLUMN box_machine.told_at IS 'When it said so.';

-- The same with what is known of the machine, and since when.
CREATE OR REPLACE VIEW fleet WITH (security_invoker = true) AS
SELECT device.tenant, device.store, device.device, app, heard_at, epoch, through, changed_at AS moved_at,
       applied,
       (SELECT count(*) FROM directive
        WHERE directive.tenant = device.tenant AND directive.store = device.store
            AND directive.version > device.applied) AS behind,
       stopped_code, stopped_text, stopped_at,
       (SELECT count(*) FROM quarantine AS bad
        WHERE bad.tenant = device.tenant AND bad.store = device.store AND bad.device = device.device) AS quarantined,
       (SELECT min(projection.through) FROM projection
        WHERE projection.tenant = device.tenant AND projection.store = device.store
            AND projection.device = device.device) AS projected,
       (SELECT min(waiting) FROM projection
        WHERE projection.tenant = device.tenant AND projection.store = device.store
            AND projection.device = device.device) AS waiting,
       disk_mib, disk_free_mib, clock_ms, clock_doubted, told_at AS machine_told_at
FROM device LEFT JOIN box_machine AS machine
    ON machine.tenant = device.tenant AND machine.store = device.store AND machine.device = device.device;

CALL protect_tables();
