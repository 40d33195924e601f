"""From what a scanner sends to codes: pure, any bytes, however they were cut."""
