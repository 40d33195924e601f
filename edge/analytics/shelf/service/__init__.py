"""Parts of the shelf cameras."""
