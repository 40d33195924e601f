"""A conversation by voice: heard, taken as turns of the assistant, and spoken. See README.md."""
