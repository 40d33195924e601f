"""Pages of providers on which customers pay: made, looked at, ended, and what goes back. See README.md."""
