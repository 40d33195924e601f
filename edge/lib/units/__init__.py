"""Units of measure, and amounts written with them."""
