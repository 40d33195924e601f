-- What categories are called over all stores of a tenant, each id once: by the first store that has it.
CREATE OR REPLACE VIEW shop_category WITH (security_invoker = true) AS
SELECT DISTINCT ON (tenant, key) tenant, substr(key, length('category/') + 1) AS id, names
FROM shop_text WHERE starts_with(key, 'category/') ORDER BY tenant, key, store, device;
COMMENT ON VIEW shop_category IS 'Categories of all stores, one row per id.';
COMMENT ON COLUMN shop_category.tenant IS 'Tenant that owns the stores.';
COMMENT ON COLUMN shop_category.id IS 'Id.';
COMMENT ON COLUMN shop_category.names IS 'Name by language in the first store that has it.';
