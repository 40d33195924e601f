"""From order to hand-over: slots, picking, substitutes, kitchen tickets and reservations."""
