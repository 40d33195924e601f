"""Order suggestions: needs and their suppliers, drafted nightly."""
