"""Grade a folder of notebooks: a table of results, and feedback for each student.

The code of the students runs under bubblewrap, without a network, without files and within
limits; where that is not possible, nothing is graded. A run that was stopped goes on where it was.
"""

import argparse
import sys
from pathlib import Path

from exam import read_exam
from grades_page import write_results
from grading import exercises_of, grade_all
from sandbox import Limits, NoSandboxError
from submissions import find_submissions

from gru_course.exercises.registry import EXERCISES


def main(arguments: list[str]) -> None:
    """Grade and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("submissions", type=Path, help="one notebook, or one folder, a student")
    parser.add_argument("--exercises", nargs="*", default=[], help="such as 1.1 1.2")
    parser.add_argument("--exam", type=Path, help="a folder of `make exam`, outside the course")
    parser.add_argument("--results", type=Path, help="by default beside the submissions")
    parser.add_argument("--seed", help="what the inputs follow from; by default kept with results")
    parser.add_argument("--jobs", type=int, help="sandboxes at once; by default one for each core")
    parser.add_argument("--seconds", type=float, help="time of a cell or an answer (default: 10)")
    chosen = parser.parse_args(arguments)
    folder = chosen.submissions.expanduser().resolve()
    results = (chosen.results or folder.with_name(f"{folder.name}-results")).expanduser()
    limits = Limits(seconds=chosen.seconds, wall=6 * chosen.seconds) if chosen.seconds else Limits()
    try:
        if results.resolve().is_relative_to(folder):
            raise ValueError("the results must lie outside the folder of the submissions")
        exam = read_exam(chosen.exam) if chosen.exam else None
        EXERCISES.update(exam.exercises if exam else {})
        found = find_submissions(folder)
        numbers = chosen.exercises or exercises_of(found)
        if not numbers:
            raise ValueError(
                "no notebook has a cell that names an exercise; say which to grade, such as "
                'EXERCISES="1.1 1.2"'
            )
        graded = grade_all(
            found,
            numbers,
            results,
            seed=chosen.seed,
            workers=chosen.jobs,
            limits=limits,
            exam=exam.digest if exam else "",
        )
        written = write_results(graded, numbers, results)
    except (NoSandboxError, ValueError, OSError) as error:
        sys.exit(f"Not graded: {error}")
    print("\n".join(map(str, written)))


if __name__ == "__main__":
    main(sys.argv[1:])
