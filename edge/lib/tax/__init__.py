"""Tax classes, and the tax on each line of a sale.

Pure rules: a store's table of tax classes, and what lines of a sale owe by it. Prices contain the taxes
(`inclusive`) or not; rounding is once a receipt or once a line; halves go away from zero. Rates are integers in
thousandths of a percent, so 9.975 % is exact. The sale's event keeps the rows that were applied: changing the
table changes no past.

The tables of whole places are in regions.

Invariant: net + taxes = total, for any lines.
"""
