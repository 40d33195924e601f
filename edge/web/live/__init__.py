"""Pages kept up to date: what each piece shows, in which words, and how it is pushed. See ../README.md."""
