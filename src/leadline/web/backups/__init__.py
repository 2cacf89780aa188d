"""Backups: everything that an installation has recorded, in one file, and back again."""
