"""Receipt printers: one file a wire, and what is said with them."""
