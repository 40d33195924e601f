-- What each store's gift cards and store credit hold, by a digest of their codes.
CREATE TABLE IF NOT EXISTS gift_card (
    tenant        text        NOT NULL,
    store         text        NOT NULL,
    device        text        NOT NULL,
    card          text        NOT NULL,
    tail          text        NOT NULL,
    kind          text        NOT NULL,
    balance_minor bigint      NOT NULL,
    closed        boolean     NOT NULL DEFAULT false,
    changed_at    timestamptz NOT NULL,
    PRIMARY KEY (tenant, store, device, card)
);
COMMENT ON TABLE gift_card IS 'Gift cards and store credit: what each holds. The code is nowhere, only a digest of it.';
COMMENT ON COLUMN gift_card.tenant IS 'Whose store it is.';
COMMENT ON COLUMN gift_card.store IS 'The store that sold it.';
COMMENT ON COLUMN gift_card.device IS 'The appliance that wrote it.';
COMMENT ON COLUMN gift_card.card IS 'A digest of the code on the card.';
COMMENT ON COLUMN gift_card.tail IS 'The last characters of the code.';
COMMENT ON COLUMN gift_card.kind IS 'gift, or credit for goods that came back.';
COMMENT ON COLUMN gift_card.balance_minor IS 'What the store owes on it, in minor units.';
COMMENT ON COLUMN gift_card.closed IS 'Whether nobody pays with it any more.';
COMMENT ON COLUMN gift_card.changed_at IS 'When that changed last.';
