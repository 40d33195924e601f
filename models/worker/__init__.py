"""The process of one model, and the line between it and its parent."""
