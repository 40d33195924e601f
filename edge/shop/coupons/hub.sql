-- The stores that were told of all uses of coupons there were when they came. Nothing is projected into it.
CREATE TABLE IF NOT EXISTS coupon_told (
    tenant      text   NOT NULL,
    store       text   NOT NULL,
    PRIMARY KEY (tenant, store)
);

COMMENT ON COLUMN coupon_told.tenant IS 'Whose store it is.';
COMMENT ON COLUMN coupon_told.store IS 'The store that was told.';
