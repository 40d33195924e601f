-- Customers of each store, by device, so that a device can be projected again by itself. `sealed` is what is said of
-- them, field by field as in CustomerSet, as ciphertext: head office has no key for it, and nobody once they are
-- forgotten.
CREATE TABLE IF NOT EXISTS customer (
    tenant      text        NOT NULL,
    store       text        NOT NULL,
    device      text        NOT NULL,
    id          text        NOT NULL,
    price_list  text        NOT NULL,
    sealed      text[]      NOT NULL,
    since       timestamptz NOT NULL,
    changed     timestamptz NOT NULL,
    merged_into text,
    forgotten   timestamptz,
    reads       bigint      NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant, store, device, id)
);

-- Every yes to a purpose; `withdrawn` null: it was not.
CREATE TABLE IF NOT EXISTS customer_consent (
    tenant    text        NOT NULL,
    store     text        NOT NULL,
    device    text        NOT NULL,
    seq       bigint      NOT NULL,
    customer  text        NOT NULL,
    purpose   text        NOT NULL,
    wording   text        NOT NULL,
    language  text        NOT NULL,
    how       text        NOT NULL,
    given     timestamptz NOT NULL,
    withdrawn timestamptz,
    PRIMARY KEY (tenant, store, device, seq)
);
CREATE INDEX IF NOT EXISTS customer_consent_of ON customer_consent (tenant, store, device, customer, purpose);
