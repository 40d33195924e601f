"""What is plugged in or announces itself, and what it could do for the shop."""
