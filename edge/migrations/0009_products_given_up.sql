-- Products that were given up are counted without reading all others.
CREATE INDEX product_retired ON product (category) WHERE retired_us IS NOT NULL;
