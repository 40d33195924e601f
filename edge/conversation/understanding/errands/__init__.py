"""Reading of staff requests other than movements; see the README.md one folder up."""
