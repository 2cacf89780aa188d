"""The audit: from somebody's files to the answer, in the terminal, as a page, and as data."""
