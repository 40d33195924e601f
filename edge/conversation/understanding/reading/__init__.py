"""From words to typed meaning: every word has one owner, and what has none stops the act (README.md beside)."""
