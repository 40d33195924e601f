-- How far an order is, for who knows the digest of its QR's secret: what head office's page shows (sync/hub/api). NULL
-- where there is nothing to show, whyever: no such order there, 24 hours behind its end, or a store that does not want
-- it. `as_of`: until when that is known to hold. That is the last word of the box, unless rows may be missing: it was
-- away and is still sending old ones, or they are not projected yet. Then it is the order's own last step.
CREATE OR REPLACE FUNCTION order_status_of(of_tenant text, of_store text, asked text) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path FROM CURRENT
AS $$
DECLARE
    one record;
    heard record;
    known timestamptz;
BEGIN
    SELECT shop_order.device, said, state, fulfilment, slot_from, slot_until, expected_at, changed_at, store_name,
        page.zone INTO one
    FROM shop_order JOIN order_status_page AS page USING (tenant, store, device)
    WHERE shop_order.tenant = of_tenant AND shop_order.store = of_store AND secret = asked AND on_page
        AND (state NOT IN ('handed_over', 'delivered', 'rejected', 'cancelled')
             OR changed_at > now() - interval '24 hours')
    ORDER BY shop_order.epoch DESC, shop_order.seq DESC LIMIT 1;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    SELECT heard_at, device.changed_at AS moved_at, to_timestamp(row.at_us / 1000000.0) AS last_at,
        (projection.epoch, projection.through) >= (device.epoch, device.through) AND device.through >= device.stored
            AS projected INTO heard
    FROM device
    JOIN projection USING (tenant, store, device)
    LEFT JOIN journal AS row ON row.tenant = of_tenant AND row.store = of_store AND row.device = one.device
        AND row.epoch = device.epoch AND row.seq = device.through
    WHERE device.tenant = of_tenant AND device.store = of_store AND device.device = one.device AND projector = 'orders';
    known := one.changed_at;
    IF heard.projected AND (heard.last_at > heard.moved_at - interval '2 minutes'
                            OR heard.heard_at > heard.moved_at + interval '2 minutes') THEN
        known := greatest(known, heard.heard_at);
    END IF;
    RETURN jsonb_build_object(
        'said', one.said, 'state', one.state, 'fulfilment', one.fulfilment,
        'slot_from', one.slot_from, 'slot_until', one.slot_until,
        'late', coalesce(coalesce(one.slot_until, one.expected_at) <= known, false) AND one.state NOT IN
            ('ready', 'handed_over', 'delivered', 'rejected', 'cancelled'),
        'changed_at', one.changed_at, 'store_name', one.store_name, 'zone', one.zone, 'as_of', known, 'now', now());
END $$;
REVOKE EXECUTE ON FUNCTION order_status_of(text, text, text) FROM PUBLIC;
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'edge_hub_reader') THEN  -- tables by themselves have nobody to serve
        GRANT EXECUTE ON FUNCTION order_status_of(text, text, text) TO edge_hub_reader;
    END IF;
END $$;
