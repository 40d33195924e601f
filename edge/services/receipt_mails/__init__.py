"""Sends receipts by e-mail (edge/shop/receipt_mail)."""
