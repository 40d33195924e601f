"""Containers of recorded sound, as browsers and phones make them. Pure: nothing is decoded here."""
