"""What people look at: the cashier's and the manager's pages, and the API under them. See README.md."""
