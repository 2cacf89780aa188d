"""The sales cycle of each contact: who stood before each link, who got through, what mending is worth."""
