"""Products bought together: counted from baskets in a separate process, and evaluated."""
