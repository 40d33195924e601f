"""What a language model quotes of a sentence that the grammar leaves open."""
