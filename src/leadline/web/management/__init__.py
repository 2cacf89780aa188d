"""Django's own door."""
