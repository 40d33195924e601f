"""The web layer: pages for cashiers and managers, and the API they use. See README.md."""
