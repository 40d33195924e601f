"""HTTP endpoints of commands and queries, and their OpenAPI description."""
