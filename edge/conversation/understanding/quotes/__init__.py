"""Language model quotes of sentences that the grammar leaves open."""
