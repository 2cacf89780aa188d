"""What other programs reach: everything under /api/v1, described in /api/v1/openapi.json."""
