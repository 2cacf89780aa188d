"""From a goal to the asks, talks and leads that it needs, as odds."""
