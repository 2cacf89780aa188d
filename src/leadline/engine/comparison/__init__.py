"""Which of several channels is better, by how much, and when that is known."""
