"""The open basket: what a scan becomes, prices, limits, changes, and parked baskets."""
