"""What box and head office do in the same way when people show who they are, and when something is refused. Pure."""
