"""How people are reached: a file a channel, all behind `sender.Sender`."""
