"""The cloud side: Postgres holds what the stores have sent, and what head office tells them."""
