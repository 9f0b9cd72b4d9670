"""Layers for Keras: the fast GRU, the minGRU, attention and pooling."""
