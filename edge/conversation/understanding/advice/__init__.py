"""What customers want advice on: what goes with goods, what is without something, what is for whom."""
