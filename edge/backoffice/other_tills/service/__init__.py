"""Other tills: their webhooks as they come, and asking them what they sold."""
