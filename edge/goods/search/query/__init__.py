"""Query analysis: words, sizes and conditions. Pure."""
