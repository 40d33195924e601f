"""The till's rules, without disk or clock. See ../README.md."""
