"""What watches the shop beside the till and raises alerts. See README.md."""
