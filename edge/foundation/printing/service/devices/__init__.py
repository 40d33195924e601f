"""Device pages: connected devices, and testing one.

Lists devices that are plugged in or announce themselves on the network, and tests one. It changes nothing: the page
(`edge/backoffice/office`) adds a device to config.toml.
"""
