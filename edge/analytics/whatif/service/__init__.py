"""Background service of the what-if page and API: one calculation at a time."""
