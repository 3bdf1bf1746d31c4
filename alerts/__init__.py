"""What rings, what it means, and when it is over. Knows no wire and no clock."""
