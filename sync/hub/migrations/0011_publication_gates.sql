-- How many stores may be worse before a publication stops, and those that one owner alone says yes to.
ALTER TABLE publication ADD COLUMN gate jsonb NOT NULL DEFAULT '{}';
ALTER TABLE publication ADD COLUMN urgent boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN publication.gate IS 'At how many stores of a later ring it stops: {least, percent}; what is not there is as usual.';
COMMENT ON COLUMN publication.urgent IS 'Whether an owner alone may say yes to it, also whoever wrote it; all are told.';
COMMENT ON COLUMN office_alert.kind IS 'licence, quota or urgent (a publication to which an owner alone said yes).';
COMMENT ON COLUMN office_alert.subject IS 'Of which store, of which limit, or which publication.';
COMMENT ON COLUMN office_alert.said IS '{ends} of a licence, {used, limit, percent} of a limit, {title, by} of a publication.';
GRANT INSERT ON office_alert TO edge_hub_publisher;
