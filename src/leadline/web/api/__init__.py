"""REST at /api/v1: whatever a page can do."""
