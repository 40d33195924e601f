"""What is decided at a till, without a disk or a clock. See ../README.md."""
