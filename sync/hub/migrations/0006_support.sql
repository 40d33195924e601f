-- What head office asks of boxes, each with a key of its own to which the answer is sealed, and the answers in pieces.
CREATE TABLE support_ask (
    tenant   text   NOT NULL,
    store    text   NOT NULL,
    id       text   NOT NULL,
    question text   NOT NULL,
    reason   text   NOT NULL,
    asked_by text   NOT NULL,
    asked_at timestamptz NOT NULL DEFAULT now(),
    until_at timestamptz NOT NULL,
    private  text   NOT NULL,
    PRIMARY KEY (tenant, store, id)
);
COMMENT ON TABLE support_ask IS 'What head office asked of the boxes of stores.';
COMMENT ON COLUMN support_ask.tenant IS 'Whose store it is.';
COMMENT ON COLUMN support_ask.store IS 'The store.';
COMMENT ON COLUMN support_ask.id IS 'The case.';
COMMENT ON COLUMN support_ask.question IS 'bundle, check, devices or queue.';
COMMENT ON COLUMN support_ask.reason IS 'What they want to know, as the shop reads it.';
COMMENT ON COLUMN support_ask.asked_by IS 'person-N.';
COMMENT ON COLUMN support_ask.asked_at IS 'When.';
COMMENT ON COLUMN support_ask.until_at IS 'Until when the shop may say yes.';
COMMENT ON COLUMN support_ask.private IS 'The private half of the key to which its answers are sealed (hexadecimal).';

CREATE TABLE support_piece (
    tenant    text   NOT NULL,
    store     text   NOT NULL,
    device    text   NOT NULL,
    id        text   NOT NULL,
    n         bigint NOT NULL,
    of_pieces bigint NOT NULL,
    body      bytea  NOT NULL,
    at        timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, store, device, id, n)
);
COMMENT ON TABLE support_piece IS 'Answers of boxes, sealed, in pieces; they go after 14 days.';
COMMENT ON COLUMN support_piece.tenant IS 'Whose store it is.';
COMMENT ON COLUMN support_piece.store IS 'The store.';
COMMENT ON COLUMN support_piece.device IS 'The box.';
COMMENT ON COLUMN support_piece.id IS 'The case.';
COMMENT ON COLUMN support_piece.n IS 'Which piece, from 1.';
COMMENT ON COLUMN support_piece.of_pieces IS 'Of how many.';
COMMENT ON COLUMN support_piece.body IS 'The piece.';
COMMENT ON COLUMN support_piece.at IS 'When it came.';

COMMENT ON COLUMN office_log.what IS 'tenant, store, person, publication or support.';

CALL protect_tables();
REVOKE INSERT, UPDATE, DELETE ON support_ask FROM edge_hub_worker;
GRANT INSERT ON support_ask TO edge_hub_publisher;
