"""Fetch every data set of the course, through the loaders that the notebooks use.

What is in the folder that GRU_COURSE_DATA names or in the cache already is only checked. Every file
is verified, read and counted, so that a server which has changed its files is noticed here.
"""

import sys

from gru_course.catalogue import DATASETS
from gru_course.data.errors import DataError


def main() -> int:
    """Load each data set in turn; return how many could not be had."""
    missing = 0
    for name, dataset in DATASETS.items():
        try:
            print(f"{name}: {dataset.load_full().statement}", flush=True)
        except DataError as error:
            missing += 1
            print(f"RED  {name}: {error}", file=sys.stderr, flush=True)
    return missing


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
