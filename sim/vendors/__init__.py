"""Other companies' systems, simulated over HTTP on this machine.

Each file is written from the vendor's public pages, which it names. Behaviour that no public page confirms is marked
there by `[?]`.
"""
