"""Customers' side of orders: sign-in, their orders, status, news and reviews."""
