"""Words of a sentence with what each is for, and what the whole sentence says: a linear model."""
