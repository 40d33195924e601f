"""What runs beside the till for the page and the API: one question at a time."""
