"""Pages, a noun a file."""
