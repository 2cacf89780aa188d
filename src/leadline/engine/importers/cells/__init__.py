"""What the text of a cell says: nothing at all, a number, yes or no, a day, an instant."""
