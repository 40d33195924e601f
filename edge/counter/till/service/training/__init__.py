"""Practice: a ledger of its own for a register, behind the same door. See README.md."""
