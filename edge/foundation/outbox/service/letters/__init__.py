"""What goes to people outside who are no users: a file a kind, which writes it anew when it goes out."""
