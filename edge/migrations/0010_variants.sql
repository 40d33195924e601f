-- The variants of a product are found without reading all others.
CREATE INDEX product_variant ON product (body ->> 'variant_of') WHERE body ->> 'variant_of' IS NOT NULL;
