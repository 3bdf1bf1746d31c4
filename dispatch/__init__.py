"""Cases: their life cycle, deadlines and who gets them."""
