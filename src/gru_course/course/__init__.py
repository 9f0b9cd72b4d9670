"""What every lesson has in common: records, bounds, what a page shows, and checks.

The lowest room: everything may import it, and it imports none of the others.
"""
