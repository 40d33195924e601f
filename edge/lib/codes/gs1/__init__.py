"""GS1's element strings: what they are made of, judged as GS1 judges them, and what they tell. Pure."""
