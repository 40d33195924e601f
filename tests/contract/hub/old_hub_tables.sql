-- Tables of head office without columns that have a default: a database of then comes to what they are now.
CREATE TABLE alert (
    tenant text NOT NULL, store text NOT NULL, device text NOT NULL, epoch bigint NOT NULL, id bigint NOT NULL,
    kind text NOT NULL, subject text NOT NULL, severity text NOT NULL, worst text NOT NULL, state text NOT NULL,
    count bigint NOT NULL, title text NOT NULL, vals text NOT NULL, raised_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL, raised_by text NOT NULL, acked_by text, acked_until timestamptz,
    ended_at timestamptz, PRIMARY KEY (tenant, store, device, epoch, id)
);
CREATE TABLE product (
    tenant text NOT NULL, store text NOT NULL, device text NOT NULL, sku text NOT NULL, names jsonb NOT NULL,
    price_minor bigint, category text, brand text, retired boolean NOT NULL DEFAULT false,
    PRIMARY KEY (tenant, store, device, sku)
);
CREATE TABLE customer (
    tenant text NOT NULL, store text NOT NULL, device text NOT NULL, id text NOT NULL, price_list text NOT NULL,
    sealed text[] NOT NULL, since timestamptz NOT NULL, changed timestamptz NOT NULL, merged_into text,
    forgotten timestamptz, reads bigint NOT NULL DEFAULT 0, PRIMARY KEY (tenant, store, device, id)
);
CREATE TABLE customer_consent (
    tenant text NOT NULL, store text NOT NULL, device text NOT NULL, seq bigint NOT NULL, customer text NOT NULL,
    purpose text NOT NULL, wording text NOT NULL, language text NOT NULL, how text NOT NULL,
    given timestamptz NOT NULL, withdrawn timestamptz, PRIMARY KEY (tenant, store, device, seq)
);
CREATE TABLE directive_outcome (
    tenant text NOT NULL, store text NOT NULL, device text NOT NULL, version bigint NOT NULL, kind text NOT NULL,
    outcome text NOT NULL, changed bigint NOT NULL, unknown text NOT NULL, reason text NOT NULL,
    at timestamptz NOT NULL, PRIMARY KEY (tenant, store, device, version)
);
CREATE TABLE forecast_version (
    tenant text NOT NULL, store text NOT NULL, device text NOT NULL, epoch bigint NOT NULL, seq bigint NOT NULL,
    business_date date NOT NULL, at timestamptz NOT NULL, version text NOT NULL, what text NOT NULL, through date,
    days bigint, series bigint, wape bigint, bias bigint, beside_naive bigint, coverage bigint,
    PRIMARY KEY (tenant, store, device, epoch, seq)
);
CREATE TABLE gift_card (
    tenant text NOT NULL, store text NOT NULL, device text NOT NULL, card text NOT NULL, tail text NOT NULL,
    kind text NOT NULL, balance_minor bigint NOT NULL, closed boolean NOT NULL DEFAULT false,
    changed_at timestamptz NOT NULL, PRIMARY KEY (tenant, store, device, card)
);
CREATE TABLE anomaly_judged (
    tenant text NOT NULL, store text NOT NULL, device text NOT NULL, epoch bigint NOT NULL, seq bigint NOT NULL,
    business_date date NOT NULL, at timestamptz NOT NULL, actor text NOT NULL, kind text NOT NULL, key text NOT NULL,
    of_day date NOT NULL, is_right boolean NOT NULL, PRIMARY KEY (tenant, store, device, epoch, seq)
);
CREATE TABLE shop_order (
    tenant text NOT NULL, store text NOT NULL, device text NOT NULL, epoch bigint NOT NULL, seq bigint NOT NULL,
    order_id text NOT NULL, business_date date NOT NULL, number bigint NOT NULL, said text NOT NULL,
    channel text NOT NULL, fulfilment text NOT NULL, customer text NOT NULL, placed_at timestamptz NOT NULL,
    slot_from timestamptz, slot_until timestamptz, zone text NOT NULL, currency text NOT NULL, lines bigint NOT NULL,
    total_minor bigint NOT NULL, fee_minor bigint NOT NULL, state text NOT NULL, changed_at timestamptz NOT NULL,
    version bigint NOT NULL, register text, receipt bigint, PRIMARY KEY (tenant, store, device, epoch, seq)
);
CREATE TABLE order_status_history (
    tenant text NOT NULL, store text NOT NULL, device text NOT NULL, epoch bigint NOT NULL, seq bigint NOT NULL,
    order_id text NOT NULL, number bigint NOT NULL, was text NOT NULL, now text NOT NULL, at timestamptz NOT NULL,
    business_date date NOT NULL, actor text NOT NULL, surface text NOT NULL,
    PRIMARY KEY (tenant, store, device, epoch, seq)
);
CREATE TABLE ended_cart (
    tenant text NOT NULL, store text NOT NULL, device text NOT NULL, epoch bigint NOT NULL, seq bigint NOT NULL,
    business_date date NOT NULL, at timestamptz NOT NULL, register text NOT NULL, channel text NOT NULL,
    why text NOT NULL, goods bigint NOT NULL, total_minor bigint NOT NULL, seconds bigint NOT NULL,
    PRIMARY KEY (tenant, store, device, epoch, seq)
);
CREATE TABLE promotion (
    tenant text NOT NULL, store text NOT NULL, device text NOT NULL, id text NOT NULL, names jsonb NOT NULL,
    deal text NOT NULL, body jsonb NOT NULL, from_at timestamptz NOT NULL, until_at timestamptz,
    PRIMARY KEY (tenant, store, device, id)
);
CREATE TABLE supplier (
    tenant text NOT NULL, store text NOT NULL, device text NOT NULL, id text NOT NULL, name text NOT NULL,
    lead_time_days bigint NOT NULL, rating bigint NOT NULL, minimum_order_minor bigint NOT NULL,
    fee_minor bigint NOT NULL, currency text NOT NULL, retired boolean NOT NULL,
    PRIMARY KEY (tenant, store, device, id)
);
CREATE TABLE purchase_order (
    tenant text NOT NULL, store text NOT NULL, device text NOT NULL, number bigint NOT NULL, supplier text NOT NULL,
    location text NOT NULL, state text NOT NULL, automatic boolean NOT NULL, revision bigint NOT NULL,
    lines bigint NOT NULL, total_minor bigint NOT NULL, drafted_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL, sent_on date, expected_on date, PRIMARY KEY (tenant, store, device, number)
);
CREATE TABLE purchase_receipt (
    tenant text NOT NULL, store text NOT NULL, device text NOT NULL, epoch bigint NOT NULL, seq bigint NOT NULL,
    n bigint NOT NULL, number bigint NOT NULL, supplier text NOT NULL, delivery_note text NOT NULL,
    business_date date NOT NULL, at timestamptz NOT NULL, sku text NOT NULL, quantity bigint NOT NULL,
    unit_cost_minor bigint NOT NULL, lot text NOT NULL, expiry text NOT NULL, location text NOT NULL,
    PRIMARY KEY (tenant, store, device, epoch, seq, n)
);
CREATE TABLE review (
    tenant text NOT NULL, store text NOT NULL, device text NOT NULL, id text NOT NULL, customer text NOT NULL,
    sku text NOT NULL, rating bigint NOT NULL, state text NOT NULL, written timestamptz NOT NULL, decided timestamptz,
    PRIMARY KEY (tenant, store, device, id)
);
CREATE TABLE shelf_finding (
    tenant text NOT NULL, store text NOT NULL, device text NOT NULL, epoch bigint NOT NULL, seq bigint NOT NULL,
    kind text NOT NULL, bay text NOT NULL, edition bigint NOT NULL, facing text NOT NULL, facings bigint NOT NULL,
    sku text NOT NULL, business_date date NOT NULL, first_at timestamptz NOT NULL, found_at timestamptz NOT NULL,
    confidence bigint NOT NULL, on_hand bigint NOT NULL, closed_at timestamptz, empty_s bigint, how text, answer text,
    PRIMARY KEY (tenant, store, device, epoch, seq)
);
CREATE TABLE shelf_compliance (
    tenant text NOT NULL, store text NOT NULL, device text NOT NULL, epoch bigint NOT NULL, seq bigint NOT NULL,
    bay text NOT NULL, business_date date NOT NULL, looks bigint NOT NULL, right_count bigint NOT NULL,
    seen_count bigint NOT NULL, planned_count bigint NOT NULL, PRIMARY KEY (tenant, store, device, epoch, seq)
);
CREATE TABLE shift (
    tenant text NOT NULL, store text NOT NULL, device text NOT NULL, register text NOT NULL, number bigint NOT NULL,
    currency text NOT NULL, opened_at timestamptz NOT NULL, opened_date date NOT NULL, opened_by text NOT NULL,
    float_minor bigint NOT NULL, closed_at timestamptz, closed_date date, closed_by text, sales bigint, voids bigint,
    refunds bigint, total_minor bigint, discount_minor bigint, expected_minor bigint, counted_minor bigint,
    difference_minor bigint, PRIMARY KEY (tenant, store, device, register, number)
);
CREATE TABLE cash_move (
    tenant text NOT NULL, store text NOT NULL, device text NOT NULL, seq bigint NOT NULL, register text NOT NULL,
    shift bigint NOT NULL, business_date date NOT NULL, at timestamptz NOT NULL, actor text NOT NULL,
    kind text NOT NULL, currency text NOT NULL, amount_minor bigint NOT NULL,
    PRIMARY KEY (tenant, store, device, seq)
);
CREATE TABLE stock (
    tenant text NOT NULL, store text NOT NULL, device text NOT NULL, sku text NOT NULL, on_hand bigint NOT NULL,
    PRIMARY KEY (tenant, store, device, sku)
);
CREATE TABLE stock_row (
    tenant text NOT NULL, store text NOT NULL, device text NOT NULL, sku text NOT NULL, location text NOT NULL,
    lot text NOT NULL, expiry text NOT NULL, quantity bigint NOT NULL, boxes bigint NOT NULL, box bigint NOT NULL,
    PRIMARY KEY (tenant, store, device, sku, location, lot, expiry)
);
CREATE TABLE stock_movement (
    tenant text NOT NULL, store text NOT NULL, device text NOT NULL, epoch bigint NOT NULL, seq bigint NOT NULL,
    n bigint NOT NULL, sku text NOT NULL, business_date date NOT NULL, at timestamptz NOT NULL, reason text NOT NULL,
    cause text NOT NULL, delta bigint NOT NULL, boxes bigint NOT NULL, location text NOT NULL, lot text NOT NULL,
    expiry text NOT NULL, actor text NOT NULL, document text NOT NULL, unit_cost_minor bigint,
    PRIMARY KEY (tenant, store, device, epoch, seq, n)
);
CREATE TABLE sale (
    tenant text NOT NULL, store text NOT NULL, device text NOT NULL, register text NOT NULL, number bigint NOT NULL,
    seq bigint NOT NULL, business_date date NOT NULL, at timestamptz NOT NULL, currency text NOT NULL,
    net_minor bigint NOT NULL, total_minor bigint NOT NULL, rounding_minor bigint NOT NULL, voided_by bigint,
    PRIMARY KEY (tenant, store, device, register, number)
);
CREATE TABLE refund (
    tenant text NOT NULL, store text NOT NULL, device text NOT NULL, register text NOT NULL, number bigint NOT NULL,
    seq bigint NOT NULL, business_date date NOT NULL, at timestamptz NOT NULL, currency text NOT NULL,
    net_minor bigint NOT NULL, total_minor bigint NOT NULL, rounding_minor bigint NOT NULL,
    sale_register text NOT NULL, sale bigint NOT NULL,
    PRIMARY KEY (tenant, store, device, register, number)
);
CREATE TABLE refund_line (
    tenant text NOT NULL, store text NOT NULL, device text NOT NULL, register text NOT NULL, number bigint NOT NULL,
    line bigint NOT NULL, sku text NOT NULL, quantity bigint NOT NULL, amount_minor bigint NOT NULL,
    tax_class text NOT NULL, damaged boolean NOT NULL, lot text, expiry date, serial text,
    PRIMARY KEY (tenant, store, device, register, number, line)
);
CREATE TABLE sale_tender (
    tenant text NOT NULL, store text NOT NULL, device text NOT NULL, register text NOT NULL, number bigint NOT NULL,
    place bigint NOT NULL, kind text NOT NULL, amount_minor bigint NOT NULL, change_minor bigint NOT NULL,
    PRIMARY KEY (tenant, store, device, register, number, place)
);
CREATE TABLE refund_tender (
    tenant text NOT NULL, store text NOT NULL, device text NOT NULL, register text NOT NULL, number bigint NOT NULL,
    place bigint NOT NULL, kind text NOT NULL, amount_minor bigint NOT NULL, change_minor bigint NOT NULL,
    PRIMARY KEY (tenant, store, device, register, number, place)
);
CREATE TABLE sale_tax (
    tenant text NOT NULL, store text NOT NULL, device text NOT NULL, register text NOT NULL, number bigint NOT NULL,
    place bigint NOT NULL, name text NOT NULL, rate bigint NOT NULL, net_minor bigint NOT NULL,
    tax_minor bigint NOT NULL, PRIMARY KEY (tenant, store, device, register, number, place)
);
CREATE TABLE refund_tax (
    tenant text NOT NULL, store text NOT NULL, device text NOT NULL, register text NOT NULL, number bigint NOT NULL,
    place bigint NOT NULL, name text NOT NULL, rate bigint NOT NULL, net_minor bigint NOT NULL,
    tax_minor bigint NOT NULL, PRIMARY KEY (tenant, store, device, register, number, place)
);
CREATE TABLE product_day (
    tenant text NOT NULL, store text NOT NULL, device text NOT NULL, business_date date NOT NULL,
    currency text NOT NULL, sku text NOT NULL, sold bigint NOT NULL, returned bigint NOT NULL,
    amount_minor bigint NOT NULL, PRIMARY KEY (tenant, store, device, business_date, currency, sku)
);
CREATE INDEX product_day_by_day ON product_day (tenant, business_date, store);
CREATE INDEX product_day_by_sku ON product_day (tenant, sku, business_date, store);
CREATE VIEW product_sales_by_day AS
SELECT tenant, store, business_date, currency, sku, sum(sold)::bigint AS sold, sum(returned)::bigint AS returned,
       sum(amount_minor)::bigint AS amount_minor
FROM product_day GROUP BY tenant, store, business_date, currency, sku;
