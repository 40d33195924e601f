-- How many customers each store has, and how many of them agreed to what: nothing of any one of them.
CREATE OR REPLACE VIEW customer_count WITH (security_invoker = true) AS
SELECT tenant, store, count(*) AS customers, count(*) FILTER (WHERE price_list = 'member') AS members,
       count(*) FILTER (WHERE since > now() - interval '30 days') AS new_ones
FROM customer WHERE merged_into IS NULL AND forgotten IS NULL
GROUP BY tenant, store;
CREATE OR REPLACE VIEW consent_count WITH (security_invoker = true) AS
SELECT tenant, store, purpose, count(DISTINCT customer) FILTER (WHERE withdrawn IS NULL) AS given,
       count(*) FILTER (WHERE withdrawn IS NOT NULL) AS withdrawn
FROM customer_consent
GROUP BY tenant, store, purpose;
COMMENT ON VIEW customer_count IS 'Number of customers by store.';
COMMENT ON VIEW consent_count IS 'Number of customers of each store who agreed to a purpose.';
COMMENT ON COLUMN customer_count.tenant IS 'Tenant that owns the store.';
COMMENT ON COLUMN customer_count.store IS 'The store.';
COMMENT ON COLUMN customer_count.customers IS 'Number of customers, without erased ones.';
COMMENT ON COLUMN customer_count.members IS 'Customers with member prices.';
COMMENT ON COLUMN customer_count.new_ones IS 'Customers added in the last 30 days.';
COMMENT ON COLUMN consent_count.tenant IS 'Tenant that owns the store.';
COMMENT ON COLUMN consent_count.store IS 'The store.';
COMMENT ON COLUMN consent_count.purpose IS 'Purpose of the consent.';
COMMENT ON COLUMN consent_count.given IS 'Customers who currently consent.';
COMMENT ON COLUMN consent_count.withdrawn IS 'Number of withdrawals.';
