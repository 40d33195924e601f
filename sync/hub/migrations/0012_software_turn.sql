-- Which box of a store exchanges its software: never two at once, nor two in one night.
CREATE TABLE software_turn (
    tenant text NOT NULL,
    store  text NOT NULL,
    device text NOT NULL,
    at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, store)
);
COMMENT ON TABLE software_turn IS 'Which box of a store exchanged its software last, or does.';
COMMENT ON COLUMN software_turn.tenant IS 'Whose store it is.';
COMMENT ON COLUMN software_turn.store IS 'The store.';
COMMENT ON COLUMN software_turn.device IS 'The box whose turn it is.';
COMMENT ON COLUMN software_turn.at IS 'When it asked last.';

CALL protect_tables();
