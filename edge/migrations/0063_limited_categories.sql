-- The few categories of which one person may have only so much are asked for at each sale.
CREATE INDEX category_limited ON category (id) WHERE attributes LIKE '%"most":%';
