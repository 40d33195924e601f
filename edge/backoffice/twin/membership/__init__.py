"""Which boxes belong to the shop: pairing, joining, comparison and key renewal."""
