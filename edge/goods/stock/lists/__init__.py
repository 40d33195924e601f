"""The stock list: sorting, history, expiries and export."""
