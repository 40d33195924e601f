"""What a scanned code means. See README.md."""
