"""What a turn of a conversation means, looked up beside the till before its command. See README.md."""
