"""Device pages: connected devices, and testing one.

What people do with devices on a page: see what is plugged in or announces itself, and try one.

It changes nothing: what is found becomes a section of config.toml on the page (`edge/backoffice/office`).
"""
