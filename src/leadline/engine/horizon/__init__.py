"""What is to come: how many new clients it takes, who is on the way, and what rests on how few."""
