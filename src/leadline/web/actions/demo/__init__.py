"""A made-up business in an empty installation, to look at."""
