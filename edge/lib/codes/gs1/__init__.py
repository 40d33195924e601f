"""GS1 element strings: parsing, validation by GS1's rules, and meaning. Pure."""
