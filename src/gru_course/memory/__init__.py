"""Tasks that ask how long a cell remembers, trials of cells on them, and a training by hand."""
