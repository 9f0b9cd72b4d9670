"""The code that the lessons of the GRU course share, divided into rooms."""
