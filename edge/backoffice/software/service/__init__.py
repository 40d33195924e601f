"""Service of software updates: download, test, install when the shop is idle, roll back."""
