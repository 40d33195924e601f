"""Order suggestions: what is needed, from which supplier, drafted nightly."""
