CREATE OR REPLACE VIEW product_rating WITH (security_invoker = true) AS
SELECT tenant, store, sku, count(*) FILTER (WHERE state = 'published')::bigint AS reviews,
       coalesce(sum(rating) FILTER (WHERE state = 'published'), 0)::bigint AS stars
FROM review GROUP BY tenant, store, sku;

COMMENT ON COLUMN product_rating.tenant IS 'Tenant that owns the store.';
COMMENT ON COLUMN product_rating.store IS 'The store.';
COMMENT ON COLUMN product_rating.sku IS 'The product.';
COMMENT ON COLUMN product_rating.reviews IS 'Number of published reviews.';
COMMENT ON COLUMN product_rating.stars IS 'Sum of their stars.';
