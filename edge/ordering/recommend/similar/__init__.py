"""Similar products: by text, category, features and pictures."""
