"""What is known of everybody besides touches, from all files together: fields, origins, how it ended."""
