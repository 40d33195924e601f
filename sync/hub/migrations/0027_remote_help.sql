-- A request of remote help names the period in which a store's manager allows it, and what it is for.
ALTER TABLE support_ask
    ADD COLUMN help text NOT NULL DEFAULT '',
    ADD COLUMN subject text NOT NULL DEFAULT '';
COMMENT ON COLUMN support_ask.help IS 'The period of remote help; empty: a request outside one.';
COMMENT ON COLUMN support_ask.subject IS 'The printer or part that an action is for.';
COMMENT ON COLUMN support_ask.question IS 'bundle, check, devices, queue, status, log, update, print or restart.';
