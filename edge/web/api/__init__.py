"""What clients ask and command over HTTP, and its description. See ../README.md."""
