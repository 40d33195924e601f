"""The port at which a shop's machines connect to each other."""

LINK_PORT = 8477
