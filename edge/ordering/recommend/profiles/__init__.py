"""Customer profiles, which exist only while the customer consents."""
