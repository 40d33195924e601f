"""Where the machines of one shop hear each other."""

LINK_PORT = 8477
