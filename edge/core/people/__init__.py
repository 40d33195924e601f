"""People who can be forgotten: what is said of them is kept as ciphertext, under keys that can be destroyed. See
README.md."""
