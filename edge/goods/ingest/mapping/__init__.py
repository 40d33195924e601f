"""What the columns of a file mean, and a row as what it says of a product. See README.md."""
