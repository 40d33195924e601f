"""Systems of other vendors, played on this machine as their public pages describe them."""
