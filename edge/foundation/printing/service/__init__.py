"""Documents other than print jobs: test page, preview picture, and the shop's logo."""
