"""What the rows of each sort of file are evidence of: deals, orders, bookings, activities, lists."""
