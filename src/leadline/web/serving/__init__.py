"""The processes of an installation: one that listens, those that answer, and one that does the jobs."""
