"""Views for common questions, with decimal amounts next to minor units."""

from __future__ import annotations

import msgspec


class ShopView(msgspec.Struct, frozen=True):
    """A view: its name, the meaning of a row, and its SELECT."""

    name: str
    what: str
    select: str


_PAPERS = """
    SELECT business_date, currency, 1 AS sales, 0 AS refunds, 0 AS voids, paid_minor FROM sale
    UNION ALL SELECT business_date, currency, 0, 1, 0, -paid_minor FROM refund
    UNION ALL SELECT business_date, currency, 0, 0, 1, -total_minor FROM void
"""
_GOODS = """
    SELECT sku, quantity_milli, amount_minor, currency FROM sale_line
    WHERE kind = 'goods' AND NOT is_struck AND sale_seq NOT IN (SELECT sale_seq FROM void WHERE sale_seq IS NOT NULL)
    UNION ALL SELECT sku, -quantity_milli, -amount_minor, currency FROM sale_return_line
    WHERE sku IS NOT NULL AND sale_seq NOT IN (SELECT sale_seq FROM void WHERE sale_seq IS NOT NULL)
    UNION ALL SELECT sku, -quantity_milli, -amount_minor, currency FROM refund_line
    WHERE sku IS NOT NULL AND refund_seq NOT IN (SELECT refund_seq FROM void WHERE refund_seq IS NOT NULL)
"""
VIEWS: tuple[ShopView, ...] = (
    ShopView(
        "sales_by_day",
        "Takings by business day: sales minus refunds and voids.",
        f"""
        SELECT business_date, p.currency, sum(sales) AS sales, sum(refunds) AS refunds, sum(voids) AS voids,
            sum(paid_minor) AS taken_minor, sum(paid_minor) * 1.0 / factor AS taken
        FROM ({_PAPERS}) AS p LEFT JOIN currency ON code = p.currency GROUP BY business_date, p.currency
        """,
    ),
    ShopView(
        "sales_by_product",
        "Product sales minus returns, without voided sales.",
        f"""
        SELECT g.sku, p.name, p.category, sum(quantity_milli) / 1000.0 AS quantity, p.unit,
            sum(amount_minor) AS amount_minor, sum(amount_minor) * 1.0 / factor AS amount, g.currency
        FROM ({_GOODS}) AS g LEFT JOIN product AS p ON p.sku = g.sku LEFT JOIN currency ON code = g.currency
        GROUP BY g.sku, g.currency
        """,
    ),
    ShopView(
        "payments_by_day",
        "Payments by business day; cash minus change given.",
        """
        SELECT business_date, tender, p.currency, sum(minor) AS amount_minor, sum(minor) * 1.0 / factor AS amount
        FROM (
            SELECT business_date, tender, payment.currency, amount_minor AS minor FROM payment
            JOIN sale ON seq = sale_seq
            UNION ALL SELECT business_date, 'cash', currency, -change_minor FROM sale WHERE change_minor <> 0
        ) AS p LEFT JOIN currency ON code = p.currency GROUP BY business_date, tender, p.currency
        """,
    ),
    ShopView(
        "stock_value",
        "Stock on hand and value at average cost.",
        """
        SELECT s.sku, p.name, p.category, on_hand_milli / 1000.0 AS on_hand, p.unit,
            average_cost_micro / 1000000.0 / factor AS average_cost, value_minor, value_minor * 1.0 / factor AS value,
            s.currency
        FROM stock_total AS s JOIN product AS p ON p.sku = s.sku LEFT JOIN currency ON code = s.currency
        """,
    ),
    ShopView(
        "purchases_by_supplier",
        "Deliveries by supplier and month.",
        """
        SELECT r.supplier, s.name, substr(business_date, 1, 7) AS month, count(DISTINCT delivery_note) AS deliveries,
            sum(quantity_milli * unit_cost_minor) / 1000 AS cost_minor,
            sum(quantity_milli * unit_cost_minor) / 1000.0 / factor AS cost, r.currency
        FROM purchase_receipt AS r JOIN supplier AS s ON s.id = r.supplier LEFT JOIN currency ON code = r.currency
        GROUP BY r.supplier, month, r.currency
        """,
    ),
)
