"""After the sale: receipts, voids, refunds, exchanges and corrections."""
