"""Basket rules: lines, totals, discounts, price overrides, rounding (pure).

Pure rules without till, order or database. They calculate a till's basket, a cart, a table's bill and a sale sent by a
program.

What a till does with a basket (a payment becomes a sale, a sale is refunded, a display shows it, a day is totalled) is
in till.
"""
