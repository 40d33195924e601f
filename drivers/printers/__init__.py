"""Receipt printers: a file per connection type, and their language."""
