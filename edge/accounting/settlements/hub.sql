-- What cards paid on the days of a batch, and no batch of its provider has: its last ones may be in the next.
CREATE OR REPLACE VIEW settlement_missing WITH (security_invoker = true) AS
SELECT b.tenant, b.store, b.device, b.provider, b.batch, p.id AS payment, p.register, p.business_date,
       p.taken_minor, p.currency, p.brand, p.last4, p.reference
FROM settlement_batch b
JOIN payment p ON (p.tenant, p.store, p.device, p.provider) = (b.tenant, b.store, b.device, b.provider)
    AND p.business_date BETWEEN b.first_day AND b.last_day
WHERE p.state IN ('captured', 'stored', 'partly_refunded') AND p.purpose IN ('sale', 'order', 'account') AND p.settled_on IS NULL;

COMMENT ON VIEW settlement_missing IS 'Card payments on the days of a batch that are missing from every batch of the provider.';
COMMENT ON COLUMN settlement_missing.tenant IS 'Tenant that owns the store.';
COMMENT ON COLUMN settlement_missing.store IS 'The store.';
COMMENT ON COLUMN settlement_missing.device IS 'The box.';
COMMENT ON COLUMN settlement_missing.provider IS 'Payment provider.';
COMMENT ON COLUMN settlement_missing.batch IS 'Batch that covers the day.';
COMMENT ON COLUMN settlement_missing.payment IS 'Payment id.';
COMMENT ON COLUMN settlement_missing.register IS 'The register.';
COMMENT ON COLUMN settlement_missing.business_date IS 'Business day.';
COMMENT ON COLUMN settlement_missing.taken_minor IS 'Captured amount, in minor units.';
COMMENT ON COLUMN settlement_missing.currency IS 'ISO 4217.';
COMMENT ON COLUMN settlement_missing.brand IS 'Card brand.';
COMMENT ON COLUMN settlement_missing.last4 IS 'Last four digits of the card.';
COMMENT ON COLUMN settlement_missing.reference IS 'The provider''s reference.';
