-- What categories are called over all stores of a tenant, each id once: by the first store that has it.
CREATE OR REPLACE VIEW shop_category WITH (security_invoker = true) AS
SELECT DISTINCT ON (tenant, key) tenant, substr(key, length('category/') + 1) AS id, names
FROM shop_text WHERE starts_with(key, 'category/') ORDER BY tenant, key, store, device;
COMMENT ON VIEW shop_category IS 'The categories of all stores, each id once.';
COMMENT ON COLUMN shop_category.tenant IS 'Whose stores they are.';
COMMENT ON COLUMN shop_category.id IS 'Its id.';
COMMENT ON COLUMN shop_category.names IS 'What it is called, by language, in the first store that has it.';
