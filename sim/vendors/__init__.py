"""Web shops that send what their public pages say that they send."""
