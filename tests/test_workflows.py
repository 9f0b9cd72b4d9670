"""The workflows: linted by zizmor, and what zizmor cannot know about this project."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

pytestmark = pytest.mark.programs_leave("book/*.md", "notebooks/*.ipynb")

CARELESS = """
name: careless
on: pull_request_target
jobs:
  greet:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: echo "${{ github.event.pull_request.title }}"
"""


def zizmor(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [Path(sys.executable).with_name("zizmor"), "--offline", "--quiet", folder]
    return subprocess.run(command, capture_output=True, text=True)


def test_zizmor_sees_what_is_careless(tmp_path):
    """The red light of the line in ``make lint``."""
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    (folder / "careless.yml").write_text(CARELESS)
    found = zizmor(folder)
    assert found.returncode != 0
    for fault in ("unpinned-uses", "template-injection", "dangerous-triggers", "excessive-perm"):
        assert fault in found.stdout


@pytest.fixture(scope="module")
def workflows(root):
    return {
        path.stem: yaml.safe_load(path.read_text(encoding="utf-8"))
        for path in (root / ".github" / "workflows").glob("*.yml")
    }


def steps_of(workflow):
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


def test_each_pinned_action_names_its_version(root):
    text = "".join(p.read_text() for p in (root / ".github" / "workflows").glob("*.yml"))
    uses = re.findall(r"uses: (.*)", text)
    assert uses
    assert all(re.fullmatch(r"[a-z/-]+@[0-9a-f]{40} # v[0-9.]+", line) for line in uses)
    assert not re.findall(r"pip install (?!uv==)", text)


def without_data(workflows):
    """Name the jobs that verify in full, but not on data that a step before has fetched."""
    found = []
    for name, workflow in workflows.items():
        for job_name, job in workflow["jobs"].items():
            runs = [step.get("run") for step in job["steps"]]
            for step in job["steps"]:
                if step.get("run", "").startswith("make verify"):
                    folder = step.get("env", {}).get("GRU_COURSE_DATA")
                    fetched = "make data" in runs[: runs.index(step["run"])]
                    if not fetched or folder != "${{ env.GRU_COURSE_CACHE }}":
                        found.append(f"{name}.{job_name}")
    return found


def test_what_runs_in_full_runs_on_real_data(workflows):
    assert {"make verify", "make mutate"} <= {s.get("run") for s in steps_of(workflows["weekly"])}
    assert not without_data(workflows)
    vacuous = {"ci": {"jobs": {"full": {"steps": [{"run": "make verify"}]}}}}
    assert without_data(vacuous) == ["ci.full"]


def test_full_without_data_is_an_error_and_no_pass(root, monkeypatch):
    monkeypatch.delenv("GRU_COURSE_DATA", raising=False)
    command = [sys.executable, "-m", "pytest", "tests/reviews/test_duplicates.py", "-q", "-m"]
    for marker, status in (("full", 4), ("not full", 0)):
        done = subprocess.run([*command, marker], cwd=root, capture_output=True, text=True)
        assert done.returncode == status, done.stdout + done.stderr
        assert ("run 'make data'" in done.stdout + done.stderr) == (marker == "full")


def test_the_cache_of_the_data_is_keyed_on_every_checksum(root, workflows):
    keys = [
        step["with"]["key"] for step in steps_of(workflows["ci"]) if "key" in step.get("with", {})
    ]
    rooms = ("data", "reviews", "apps")
    globs = ", ".join(f"'src/gru_course/{room}/**'" for room in rooms)
    assert keys == [f"data-${{{{ hashFiles({globs}) }}}}"]
    below = [root / "src" / "gru_course" / room for room in rooms]
    for path in (root / "src").rglob("*.py"):
        if re.search(r"[\"'][0-9a-f]{64}[\"']", path.read_text(encoding="utf-8")):
            assert any(map(path.is_relative_to, below)), (
                f"{path} holds a checksum, but is not in the key"
            )


def test_each_command_of_a_workflow_is_one_of_the_makefile(root, workflows):
    runs = " ".join(str(step.get("run")) for w in workflows.values() for step in steps_of(w))
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    commands = set(re.findall(r"\bmake ([a-z]+)", runs))
    assert {"data", "verify", "mutate", "book", "lock", "links", "pdf", "zip"} <= commands
    missing = [name for name in commands if not re.search(rf"(?m)^{name}:", makefile)]
    assert not missing


PUBLISHING = re.compile(r"deploy-pages|gh release create")


def published_unchecked(workflows):
    """Name the jobs that publish something without waiting for all others of their workflow."""
    return [
        f"{workflow_name}.{name}"
        for workflow_name, workflow in workflows.items()
        for name, job in workflow["jobs"].items()
        if any(PUBLISHING.search(f"{s.get('uses')} {s.get('run')}") for s in job["steps"])
        and (not job.get("needs") or set(job["needs"]) != set(workflow["jobs"]) - {name})
    ]


def test_nothing_is_published_before_everything_has_passed(workflows):
    found = [(name, key) for name, w in workflows.items() for key, job in w["jobs"].items()
             if PUBLISHING.search(str(job))]  # fmt: skip
    assert sorted(found) == [("ci", "publish"), ("release", "release")]
    assert not published_unchecked(workflows)
    for name, key in found:
        hasty = {**workflows[name]["jobs"][key], "needs": []}
        jobs = {**workflows[name]["jobs"], key: hasty}
        assert published_unchecked({name: {"jobs": jobs}}) == [f"{name}.{key}"]


def test_only_what_publishes_may_write(workflows):
    for workflow in workflows.values():
        assert workflow["permissions"] == {"contents": "read"}
        for job in workflow["jobs"].values():
            assert not job.get("permissions") or PUBLISHING.search(str(job))


def test_a_release_is_what_make_zip_makes_of_its_tag(workflows):
    runs = [step.get("run", "") for step in steps_of(workflows["release"])]
    made = runs.index('make zip TAG="$GITHUB_REF_NAME"')
    assert "bash .ci/run" in runs[:made]
    assert "dist/*.whl dist/*.zip dist/SHA256SUMS" in runs[-1]
    assert "--verify-tag" in runs[-1]


def test_limits_leave_time_for_the_slowest_run(workflows):
    for workflow in workflows.values():
        for job in workflow["jobs"].values():
            runs = " ".join(str(step.get("run")) for step in job["steps"])
            slow = re.search(r"\.ci/run|make verify|make mutate", runs)
            assert job["timeout-minutes"] >= (120 if slow else 10)
