"""Letters to people outside the shop: one file per kind. They are written when sent."""
