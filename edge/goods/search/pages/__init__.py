"""What a search finds, as a list to choose from: `routes.py` renders it."""
