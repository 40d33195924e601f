"""What sources say of products, and whose word holds. See ../README.md."""
