"""A cache of its own for every test; nothing leaves the machine."""

from own_cache import cache, kept, make_tar, python, server, tiny

__all__ = ["cache", "kept", "make_tar", "python", "server", "tiny"]
