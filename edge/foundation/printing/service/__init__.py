"""Documents outside of print jobs: test page, preview picture, and the shop's logo."""
