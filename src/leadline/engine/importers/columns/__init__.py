"""What each column of a file means, and so which sort of file it is."""
