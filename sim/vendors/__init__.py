"""Other companies' systems, simulated over HTTP.

Systems of other vendors over HTTP on this machine, each written from the vendor's public page, which its file
names. What no public page confirms is marked there by `[?]`.
"""
