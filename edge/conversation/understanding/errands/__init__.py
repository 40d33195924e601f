"""What staff ask for beside movements, as it is said: see README.md of the folder above."""
