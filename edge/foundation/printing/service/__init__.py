"""Draws and prints papers outside of jobs: a page to try a printer, a paper as a picture, the shop's logo."""
