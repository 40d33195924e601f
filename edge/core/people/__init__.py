"""People who can be forgotten: personal data is stored encrypted, under keys that can be destroyed. See README.md."""
