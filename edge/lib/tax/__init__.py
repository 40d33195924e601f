"""Tax classes, and taxes of sale lines.

Pure rules: a store's tax class table, and the taxes of a sale's lines. Prices include tax (`inclusive`) or not;
rounding is per receipt or per line; halves round away from zero. Rates are integers in thousandths of a percent, so
9.975 % is exact. The sale's event stores the applied rows, so changing the table doesn't change the past.

The tables of places are in regions.

Invariant: net + taxes = total, for any lines.
"""
