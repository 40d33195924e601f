"""Basket rules: lines, totals, discounts, price overrides, rounding (pure).

What lies in a basket, what it comes to, and what is taken off it: pure rules for whoever sells, which know no
till, no order and no database. A till's basket, a cart, a table's bill and a sale that comes from a program are
reckoned by these.

What a till does with a basket (a payment becomes a sale, a sale comes back, a display shows it, a day is summed)
stands above, in till.
"""
