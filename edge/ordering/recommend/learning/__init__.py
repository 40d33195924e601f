"""What goes with what: counted from baskets by a process of its own, and evaluated."""
