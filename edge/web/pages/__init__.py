"""The pages and their fragments. See ../README.md."""
