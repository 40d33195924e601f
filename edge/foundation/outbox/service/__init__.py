"""How what waits goes out: by which channel, as what letter. See README.md."""
