"""Data of the course: found or downloaded, verified, encoded and cached; or generated.

``load(IMDB, profile)`` of :mod:`~gru_course.data.loading` is all that a notebook needs. A further
data set is a module of its own beside what uses it, with one `Dataset` (its files with their
hashes, a loader and a stand-in), and is listed in :mod:`gru_course.catalogue`.
"""
