"""What puts the parts together: appliance, head office, demo."""
