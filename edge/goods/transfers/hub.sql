-- Where two boxes of a store said what came, the first one counts.
CREATE OR REPLACE VIEW transfer_between_stores WITH (security_invoker = true) AS
SELECT s.tenant, s.id, s.n, s.store, s.to_store, s.at AS sent_at, c.at AS ended_at,
       CASE WHEN c.id IS NULL THEN 'sent' WHEN c.refused THEN 'refused' WHEN c.got < s.quantity THEN 'received_short'
            ELSE 'received' END AS state,
       s.sku, s.quantity, c.got, s.lot, s.expiry, s.value_milli
FROM transfer_sent s LEFT JOIN transfer_came c
     ON c.tenant = s.tenant AND c.id = s.id AND c.n = s.n AND NOT EXISTS (
        SELECT 1 FROM transfer_came e WHERE e.tenant = c.tenant AND e.id = c.id AND e.n = c.n AND e.at < c.at);

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
