"""The pure part of Leadline: no database, no clock, no network."""
