"""Money of orders: prepayments, card payments, coupons, and fees that are kept."""
