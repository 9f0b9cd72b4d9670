"""Films of people: MSR Action3D, ten people who make twenty movements before a depth camera."""

import hashlib
import io
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gru_course.apps.actions.gestures import PATHS
from gru_course.data.archives import UNREADABLE, tar_members
from gru_course.data.errors import DataError
from gru_course.data.fetch import cache_folder, data_folder, download, locate, writing_to_cache
from gru_course.data.npz import read_arrays, write_arrays
from gru_course.data.sources import Dataset, RemoteFile
from gru_course.data.splits import Split

TITLE = "MSR Action3D depth films"
STAND_IN_TITLE = "STAND-IN, not real people: drawn figures"
SIDE, SECONDS_PER_FRAME = 48, 1 / 15
CLASSES = (
    "high arm wave", "horizontal arm wave", "hammer", "hand catch", "forward punch",
    "high throw", "draw x", "draw tick", "draw circle", "hand clap",
    "two hand wave", "side boxing", "bend", "forward kick", "side kick",
    "jogging", "tennis swing", "tennis serve", "golf swing", "pick up and throw",
)  # fmt: skip
"""The actions in the order of their numbers in the names of the files."""

_LONGEST, _TOTAL = 1 << 20, 1 << 28  # bytes of a clip and of all; there are 200,000 and 51 M
_CLIP = re.compile(r"[^/]+/MSR-Action3D/(a([0-9]{2})_s([0-9]{2})_e([0-9]{2})_sdepth\.mat)")
_NAME = re.compile(r"a([0-9]{2})_s([0-9]{2})_e([0-9]{2})_sdepth\.mat")

Arrays = Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class FilmsSource:
    """Where the films may be read from, and what must be found there.

    Parameters
    ----------
    packed : RemoteFile
        The films as small grey pictures, an ``.npz`` of plain arrays.
    release : str
        Name, inside the data folder and the cache, of the archive of the repository that holds
        the original depth maps. GitHub packs it anew when asked, so it has no hash of its own;
        what is in it has.
    url : str
        Where to download that.
    limit : int
        Bytes that it has at the very most.
    clips_sha256 : str
        The sha256 of the lines that ``sha256sum`` prints for the depth maps, sorted by name.
    arrays : mapping of str to str
        The sha256 of the bytes of each array that is made from them.
    count : int
        How many clips there are.
    """

    packed: RemoteFile
    release: str
    url: str
    limit: int
    clips_sha256: str
    arrays: Mapping[str, str]
    count: int


FILMS_SOURCE = FilmsSource(
    packed=RemoteFile(
        name="video/msr_action3d_depth_48x48.npz",
        url=None,
        sha256="474f831ba79f7a0e3302916671fcfed309f18c272d540d4fd19ffe97dd8a0572",
        size=7_745_754,
    ),
    release="video/msr_action3d_a87f28f4.tar.gz",
    url=(
        "https://github.com/rezazad68/Dynamic-3D-Action-Recognition-on-RGB-D-Videos/archive/"
        "a87f28f4093ba43b7ffe92f0cff24ea62ccf6eb3.tar.gz"
    ),
    limit=150_000_000,
    clips_sha256="38bd0f1186b5ea157ee6bd97d44a07191cf93c446770718fa66c3d6843626a25",
    arrays=MappingProxyType(
        {
            "frames": "9cf27bc8f684e4340eb426f8740bb58888ec414eae7359f3c5212cb1bcb241ab",
            "start": "a1c22a314cabbab175429d1a027219681bb12406a16824c1f52826a49789e91f",
            "length": "8d1e39eba3fb96a80514f7a76a4d5e3fc3487d76c0d676c2ec9f093725c842c5",
            "action": "e7377d4d6b3c9301e4abe80839054a35aa942b71acaa969cb94b3e6cf1f9c315",
            "person": "3b000fbbbcdef4f747048dd5f91c40eaf6a1ab0841887a4c8a3b9d8e5360eb67",
            "take": "f63c5985bf232e6be07f829d25fcf1794990672167dc2dc0023486bee3d1f024",
        }
    ),
    count=556,
)


@dataclass(frozen=True, eq=False)
class Films:
    """Films of people, of different lengths, and who does what in them.

    Parameters
    ----------
    title : str
        What they are.
    profile : str
        'full' for the real films, 'quick' for a stand-in.
    frames : ndarray of uint8, shape (frames of all clips, 48, 48)
        Grey values: 0 where nobody is, brighter where the person is nearer.
    start : ndarray of int64, shape (n + 1,)
        Clip ``i`` consists of the frames from ``start[i]`` to before ``start[i + 1]``.
    labels : ndarray of uint8, shape (n,)
        Place of the action in `classes`.
    people : ndarray of uint8, shape (n,)
        Number of the person, from 1.
    classes : tuple of str

    Raises
    ------
    ValueError
        If the parts do not fit each other.

    Examples
    --------
    >>> films = drawn_figures(takes=1)
    >>> len(films), films.clip(0).shape[1:]
    (60, (48, 48))
    """

    title: str
    profile: str
    frames: NDArray[np.uint8]
    start: NDArray[np.int64]
    labels: NDArray[np.uint8]
    people: NDArray[np.uint8]
    classes: tuple[str, ...]

    def __post_init__(self) -> None:
        shape, count = self.frames.shape, len(self.labels)
        if len(shape) != 3 or self.frames.dtype != np.uint8:
            raise ValueError(
                f"frames of shape {shape} and type {self.frames.dtype}; expected (frames, rows, "
                "columns), uint8"
            )
        ends = self.start.shape == (count + 1,) and (self.start[0], self.start[-1])
        if ends != (0, len(self.frames)) or (np.diff(self.start) < 1).any():
            raise ValueError(
                f"starts of shape {self.start.shape} for {count} clips and {len(self.frames)} "
                "frames; expected one more than clips, rising from 0 to the number of frames"
            )
        if len(self.people) != count or self.labels.max(initial=0) >= len(self.classes):
            raise ValueError(
                f"{len(self.people)} people and labels up to {self.labels.max(initial=0)} for "
                f"{count} clips of {len(self.classes)} classes"
            )

    def __len__(self) -> int:
        """Return the number of clips."""
        return len(self.labels)

    @property
    def statement(self) -> str:
        """One line to print wherever a result from these films is shown."""
        people = len(np.unique(self.people))
        return (
            f"{self.title}, {len(self):,} clips of {len(self.classes)} actions by {people} people "
            f"({self.profile} profile)"
        )

    def clip(self, number: int) -> NDArray[np.uint8]:
        """Return the frames of one clip, shape ``(timesteps, rows, columns)``.

        Raises
        ------
        ValueError
            If there is no such clip.
        """
        if not 0 <= number < len(self):
            raise ValueError(f"clip {number} of {len(self)}; expected 0 to {len(self) - 1}")
        return self.frames[self.start[number] : self.start[number + 1]]

    def by_person(self, validation: tuple[int, ...] = (7, 9)) -> Split:
        """Split by people, as is usual for these films: those with even numbers are the test.

        Parameters
        ----------
        validation : tuple of int
            Odd numbers, whose clips are left out of the training part; none for the last training.

        Returns
        -------
        Split

        Raises
        ------
        ValueError
            If a number is even: choosing by test people is what the split prevents.

        Examples
        --------
        >>> drawn_figures(takes=1).by_person(validation=(7, 9)).validation.shape
        (12,)
        """
        people = np.asarray(validation)
        if people.ndim != 1 or (
            people.size and (people.dtype.kind not in "iu" or (people < 1).any())
        ):
            raise ValueError(f"validation={validation}; expected numbers of people, such as (7, 9)")
        if people.size and (people % 2 == 0).any():
            raise ValueError(f"validation={validation}; expected odd numbers, even ones are tested")
        chosen = np.isin(self.people, people)
        odd = self.people % 2 == 1
        return Split(*map(np.flatnonzero, (odd & ~chosen, chosen, ~odd)))


def load_films(source: FilmsSource = FILMS_SOURCE) -> Films:
    """Return the depth films of MSR Action3D, small and grey.

    Parameters
    ----------
    source : FilmsSource
        Where to read from; tests give a small one of their own.

    Returns
    -------
    Films
        556 clips of 20 actions by ten people, 15 frames a second. Split them with
        :meth:`Films.by_person`, never by clip: takes of one person share frames.

    Raises
    ------
    DataUnavailable
        If the films are not on this machine and cannot be downloaded.
    DataError
        If a file is altered or cut off, or the cache cannot be written.

    Notes
    -----
    Source: Li, Zhang and Liu (2010), doi:10.1109/CVPRW.2010.5543273. The packed file is used if it
    is there. Otherwise the depth maps are downloaded once from a public repository at a fixed
    commit, compared with their hashes, and converted by :func:`grey_pictures`; the result is kept
    in the cache and must have the same arrays, byte for byte.

    Examples
    --------
    >>> load_films().clip(0).shape  # doctest: +SKIP
    (54, 48, 48)
    """
    data_folder()  # a variable that names no folder is reported even if the cache would do
    return _parse(_find(source) or _converted(source))


def _find(source: FilmsSource) -> Arrays | None:
    """Return the arrays from the packed file or from an earlier conversion, or None."""
    packed = locate(source.packed)
    if packed is not None:
        with np.load(packed, allow_pickle=False) as arrays:
            return dict(arrays)
    kept = read_arrays(cache_folder() / f"{source.packed.name}.converted", dict)
    return kept if kept is not None and _digests(kept) == source.arrays else None


def _converted(source: FilmsSource) -> Arrays:
    """Get the depth maps, make the arrays of them and keep these."""
    folder = data_folder()
    if folder is not None and os.path.exists(folder / source.release):
        maps = _read(folder / source.release, source)
    else:
        with writing_to_cache(source.release) as target:
            if not target.exists():
                packed = source.packed
                told_by = (
                    f"{source.count:,} depth maps; or, instead, {packed.name}, in which they are "
                    f"packed, {packed.size:,} bytes, sha256 {packed.sha256}"
                )
                download(
                    source.url, target, source.limit, lambda path: _read(path, source), told_by
                )
        maps = _read(target, source)
    arrays = _packed(maps)
    if _digests(arrays) != source.arrays:
        raise DataError(
            "The pictures made from the depth maps are not those that the course was computed "
            "with. Update SciPy and NumPy, or get the packed file "
            f"{source.packed.name} (sha256 {source.packed.sha256})."
        )
    with writing_to_cache(f"{source.packed.name}.converted") as target:
        write_arrays(arrays, target)
    return arrays


def _read(archive: Path, source: FilmsSource) -> dict[str, bytes]:
    """Return the depth maps by their names, hash checked."""
    advice = f"Replace it with an intact copy from {source.url}, or delete it."
    maps: dict[str, bytes] = {}
    for name, content in tar_members(archive, _CLIP, longest=_LONGEST, total=_TOTAL, advice=advice):
        maps[name] = content
        if len(maps) > source.count:
            break
    lines = (f"{hashlib.sha256(maps[name]).hexdigest()}  {name}\n" for name in sorted(maps))
    found = hashlib.sha256("".join(lines).encode()).hexdigest()
    if len(maps) != source.count or found != source.clips_sha256:
        raise DataError(
            f"{archive} holds {len(maps):,} depth maps with the sha256 {found} over them; expected "
            f"{source.count:,} and {source.clips_sha256}. {advice}"
        )
    return maps


def _packed(maps: Mapping[str, bytes]) -> Arrays:
    from scipy.io import loadmat  # takes a while to import, and only a conversion needs it

    clips, places = [], []
    for name in sorted(maps):
        numbers = _NAME.fullmatch(name)
        try:
            depth = loadmat(io.BytesIO(maps[name]))["depth"]
        except UNREADABLE as error:
            raise DataError(f"{name} is no depth map that can be read: {error}") from error
        clips.append(grey_pictures(depth))
        places.append([int(number) for number in numbers.groups()] if numbers else [0, 0, 0])
    lengths = np.array([len(clip) for clip in clips], dtype=np.int32)
    action, person, take = np.array(places, dtype=np.uint8).T
    return {
        "frames": np.concatenate(clips),
        "start": (np.cumsum(lengths) - lengths).astype(np.int32),
        "length": lengths,
        "action": action,
        "person": person,
        "take": take,
    }


def grey_pictures(depth: NDArray[np.integer]) -> NDArray[np.uint8]:
    """Make small grey pictures of depth maps in which the person has been cut out.

    Parameters
    ----------
    depth : ndarray of int, shape (240, 320, timesteps)
        Distances in the unit of the camera, about 330 to 600; 0 where nobody is.

    Returns
    -------
    ndarray of uint8, shape (timesteps, 48, 48)
        0 for nobody, else from 255 (near) down to 30 (far), averaged over blocks of five by five;
        the twenty columns at the left and the sixty at the right, which hold nobody, are cut off.

    Raises
    ------
    ValueError
        If the shape is another one.

    Examples
    --------
    >>> depth = np.zeros((240, 320, 2), dtype=np.uint16)
    >>> depth[:5, 20:25] = 330
    >>> grey_pictures(depth)[:, 0, :2].tolist()
    [[255, 0], [255, 0]]
    """
    if depth.ndim != 3 or depth.shape[:2] != (240, 320) or depth.dtype.kind not in "iu":
        raise ValueError(
            f"a depth map of shape {depth.shape} and type {depth.dtype}; expected (240, 320, "
            "timesteps), whole numbers"
        )
    far = np.clip(depth.transpose(2, 0, 1).astype(np.int32), 0, 600)
    grey = np.where(far > 0, 255 - (np.maximum(far, 330) - 330) * 225 // 270, 0)[:, :, 20:260]
    blocks = grey.reshape(-1, SIDE, 5, SIDE, 5).sum(axis=(2, 4))
    return np.asarray((blocks + 12) // 25, dtype=np.uint8)


def _digests(arrays: Arrays) -> dict[str, str]:
    return {
        name: hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()
        for name, array in arrays.items()
    }


def _parse(arrays: Arrays) -> Films:
    start = np.append(arrays["start"], len(arrays["frames"])).astype(np.int64)
    labels, people = arrays["action"] - np.uint8(1), arrays["person"]
    return Films(TITLE, "full", arrays["frames"], start, labels, people, CLASSES)


_FIGURES = (
    "anti-clockwise arc",
    "clockwise arc",
    "circle",
    "vertical swing",
    "horizontal straight-line",
    "tremble",
)


def drawn_figures(takes: int = 3, seed: int = 0) -> Films:
    """Draw films of a figure that moves one hand, as a stand-in for people.

    Parameters
    ----------
    takes : int
        How often each of ten figures makes each of six movements, at least once.
    seed : int
        The same seed gives the same films.

    Returns
    -------
    Films
        Each figure has a place and a size of its own, each take a pace. The two arcs pass the same
        places in opposite order.

    Raises
    ------
    ValueError
        If there is no take.

    Examples
    --------
    >>> films = drawn_figures(takes=1)
    >>> films.profile, films.frames.dtype, len(films.classes)
    ('quick', dtype('uint8'), 6)
    """
    if takes < 1:
        raise ValueError(f"{takes} takes; expected at least 1")
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[:SIDE, :SIDE]
    clips, labels, people = [], [], []
    for person in range(1, 11):
        middle, size = rng.uniform(21, 27), rng.uniform(0.85, 1.15)
        body = np.hypot((columns - middle) / (4 * size), (rows - 30) / (14 * size)) < 1
        head = np.hypot(columns - middle, rows - 30 + 18 * size) < 4 * size
        still = 110.0 * (body | head)
        for label, name in enumerate(_FIGURES):
            for _ in range(takes):
                time = np.linspace(0, 1, int(rng.integers(20, 31))) ** rng.uniform(0.8, 1.25)
                across, up = PATHS[name](time).T * 7 * size
                hand = np.hypot(
                    columns - (middle - 10 * size) - across[:, None, None],
                    rows - 22 + up[:, None, None],
                )
                frames = np.where(hand < 2.6 * size, 230.0, still)
                noise = rng.normal(0, 4, frames.shape) * (frames > 0)
                clips.append(np.clip(frames + noise, 0, 255).astype(np.uint8))
                labels.append(label)
                people.append(person)
    start = np.cumsum([0, *map(len, clips)]).astype(np.int64)
    numbers = np.array(labels, dtype=np.uint8), np.array(people, dtype=np.uint8)
    return Films(STAND_IN_TITLE, "quick", np.concatenate(clips), start, *numbers, _FIGURES)


FILMS = Dataset(
    name="action-films",
    title=TITLE,
    homepage="https://github.com/rezazad68/Dynamic-3D-Action-Recognition-on-RGB-D-Videos",
    licence="none stated; a public research benchmark, for study only",
    citation="li2010action3d",
    files=(FILMS_SOURCE.packed,),
    load_full=load_films,
    make_quick=drawn_figures,
)
"""The depth films of MSR Action3D."""
