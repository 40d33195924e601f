"""The open basket: scans, prices, limits, changes and parked baskets."""
