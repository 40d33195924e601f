"""What a sentence about goods says, by rules and with the catalogue beside it: it does nothing. See README.md."""
