"""What is written on pages."""
