CREATE OR REPLACE VIEW product_rating WITH (security_invoker = true) AS
SELECT tenant, store, sku, count(*) FILTER (WHERE state = 'published')::bigint AS reviews,
       coalesce(sum(rating) FILTER (WHERE state = 'published'), 0)::bigint AS stars
FROM review GROUP BY tenant, store, sku;
