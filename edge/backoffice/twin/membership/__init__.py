"""Membership of boxes in the shop: pairing, joining, comparison and key renewal."""
