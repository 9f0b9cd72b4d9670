"""Tasks that ask how long a cell remembers, and the trials of cells on them."""
