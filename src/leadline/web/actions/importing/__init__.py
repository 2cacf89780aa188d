"""To take in what other programs hold, and to undo that: proposed, shown, written batch by batch."""
