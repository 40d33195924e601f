"""Search results as a selectable list, rendered by `routes.py`."""
