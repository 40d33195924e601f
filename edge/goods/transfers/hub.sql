-- Transfers from before these columns: what stores were told.
UPDATE transfer_sent AS s SET announced = true
WHERE n = 0 AND NOT announced AND EXISTS (
    SELECT FROM transfer_told AS t WHERE (t.tenant, t.store, t.id, t.what) = (s.tenant, s.store, s.id, 'announced')
);
UPDATE transfer_sent AS s SET settled = true
WHERE n = 0 AND NOT settled AND EXISTS (
    SELECT FROM transfer_told AS t WHERE (t.tenant, t.store, t.id, t.what) = (s.tenant, s.store, s.id, 'settled')
);

CREATE OR REPLACE VIEW transfer_between_stores WITH (security_invoker = true) AS
SELECT tenant, id, n, store, to_store, at AS sent_at, ended_at, state, sku, quantity, got, lot, expiry, value_milli
FROM transfer_sent;

COMMENT ON COLUMN transfer_between_stores.tenant IS 'Tenant that owns the store.';
COMMENT ON COLUMN transfer_between_stores.sku IS 'The product.';
COMMENT ON COLUMN transfer_between_stores.lot IS 'Lot; empty: unknown.';
COMMENT ON COLUMN transfer_between_stores.expiry IS 'Expiry date; empty: unknown.';
COMMENT ON COLUMN transfer_between_stores.id IS 'Transfer id.';
COMMENT ON COLUMN transfer_between_stores.n IS 'Line number, from 0.';
COMMENT ON COLUMN transfer_between_stores.store IS 'Sending store.';
COMMENT ON COLUMN transfer_between_stores.to_store IS 'Receiving store.';
COMMENT ON COLUMN transfer_between_stores.sent_at IS 'Time it was sent.';
COMMENT ON COLUMN transfer_between_stores.ended_at IS 'Time it was received or refused; empty: not yet.';
COMMENT ON COLUMN transfer_between_stores.state IS 'sent, received, received_short or refused.';
COMMENT ON COLUMN transfer_between_stores.quantity IS 'Quantity sent, in thousandths.';
COMMENT ON COLUMN transfer_between_stores.got IS 'Quantity received, in thousandths; empty: not known yet.';
COMMENT ON COLUMN transfer_between_stores.value_milli IS 'Value when sent, in thousandths of a minor unit.';
