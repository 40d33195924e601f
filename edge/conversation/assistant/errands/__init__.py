"""What staff ask for beside movements of stock: proposed in words, done after a yes."""
