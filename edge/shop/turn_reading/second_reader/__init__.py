"""The second reader of sentences: what a tagger that was trained on made sentences says of each word."""
