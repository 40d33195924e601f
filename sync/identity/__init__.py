"""Sign-in and refusal code shared by boxes and head office."""
