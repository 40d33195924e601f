"""What customers see and do: sign-in, their orders, status, news and reviews."""
