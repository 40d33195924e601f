"""Two boxes, one shop. See README.md."""
