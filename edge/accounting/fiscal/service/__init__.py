"""What speaks to tax authorities. See README.md."""
