"""Parts of the two boxes beside the shop's own."""
