r"""Which z, which r? The GRU as papers and libraries write it, and the way between them.

Eight conventions, each with the step *as its source prints it*: on the source's own arrays, in
its own letters and by its own line of algebra. None of these steps calls
:func:`~gru_course.cells.gru.gru_step`; that their outputs agree is a fact the tests establish.

Conventions differ in four ways, and a conversion of weights undoes them one by one:

- **which z**: a gate near 1 keeps the old state or writes the candidate. Since
  :math:`\sigma(-a) = 1 - \sigma(a)`, changing the sign of all weights of the update gate
  turns one into the other;
- **which order** the blocks of the three gates stand in: a permutation;
- **which layout**: rows or columns, one array or several: a transposition and a split;
- **which biases**: none, one or two per gate.

A fifth difference, **which r**, cannot be converted: the reset gate before or after the recurrent
product makes two different functions of the same weights.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from math import prod

import numpy as np

from gru_course.cells.gru import GRUWeights
from gru_course.cells.layout import Array, check_finite, logistic
from gru_course.course.checked import finite

_BOOK_ORDER = "zrh"

Arrays = dict[str, Array]
"""The weights of one layer, under the names that a source gives them."""


# --- the steps, as their sources print them ------------------------------------------------------


def cho_v1_step(
    x: Array, h: Array, W_r: Array, U_r: Array, W_z: Array, U_z: Array, W: Array, U: Array
) -> Array:
    """Cho et al. 2014, arXiv versions 1 and 2; ``x`` and ``h`` hold one example per column."""
    r = logistic(W_r @ x + U_r @ h)
    z = logistic(W_z @ x + U_z @ h)
    h_tilde = np.tanh(W @ x + r * (U @ h))
    return z * h + (1 - z) * h_tilde


def cho_v3_step(
    x: Array, h: Array, W_r: Array, U_r: Array, W_z: Array, U_z: Array, W: Array, U: Array
) -> Array:
    """Cho et al. 2014, arXiv version 3 and the proceedings; one example per column."""
    r = logistic(W_r @ x + U_r @ h)
    z = logistic(W_z @ x + U_z @ h)
    h_tilde = np.tanh(W @ x + U @ (r * h))
    return z * h + (1 - z) * h_tilde


def chung_step(
    x: Array, h: Array, W_r: Array, U_r: Array, W_z: Array, U_z: Array, W: Array, U: Array
) -> Array:
    """Chung et al. 2014: the update gate writes; one example per column."""
    r = logistic(W_r @ x + U_r @ h)
    z = logistic(W_z @ x + U_z @ h)
    h_tilde = np.tanh(W @ x + U @ (r * h))
    return (1 - z) * h + z * h_tilde


def keras_reset_after_step(
    x: Array, h: Array, kernel: Array, recurrent_kernel: Array, bias: Array
) -> Array:
    """``keras.layers.GRU`` by default; one example per row."""
    x_z, x_r, x_h = np.split(x @ kernel + bias[0], 3, axis=-1)
    h_z, h_r, h_h = np.split(h @ recurrent_kernel + bias[1], 3, axis=-1)
    z = logistic(x_z + h_z)
    r = logistic(x_r + h_r)
    hh: Array = np.tanh(x_h + r * h_h)
    return z * h + (1 - z) * hh


def keras_reset_before_step(
    x: Array, h: Array, kernel: Array, recurrent_kernel: Array, bias: Array
) -> Array:
    """``keras.layers.GRU(reset_after=False)``; one example per row."""
    units = h.shape[-1]
    x_z, x_r, x_h = np.split(x @ kernel + bias, 3, axis=-1)
    h_z, h_r = np.split(h @ recurrent_kernel[:, : 2 * units], 2, axis=-1)
    z = logistic(x_z + h_z)
    r = logistic(x_r + h_r)
    hh = np.tanh(x_h + (r * h) @ recurrent_kernel[:, 2 * units :])
    return z * h + (1 - z) * hh


def pytorch_step(
    x: Array,
    h: Array,
    weight_ih_l0: Array,
    weight_hh_l0: Array,
    bias_ih_l0: Array,
    bias_hh_l0: Array,
) -> Array:
    """``torch.nn.GRU``; one example per row, weights transposed."""
    W_ir, W_iz, W_in = np.split(weight_ih_l0, 3)
    W_hr, W_hz, W_hn = np.split(weight_hh_l0, 3)
    b_ir, b_iz, b_in = np.split(bias_ih_l0, 3)
    b_hr, b_hz, b_hn = np.split(bias_hh_l0, 3)
    r = logistic(x @ W_ir.T + b_ir + h @ W_hr.T + b_hr)
    z = logistic(x @ W_iz.T + b_iz + h @ W_hz.T + b_hz)
    n: Array = np.tanh(x @ W_in.T + b_in + r * (h @ W_hn.T + b_hn))
    return (1 - z) * n + z * h


def onnx_reset_after_step(X: Array, H: Array, W: Array, R: Array, B: Array) -> Array:
    """ONNX ``GRU`` with ``linear_before_reset=1``; one example per row, weights transposed."""
    (Wz, Wr, Wh), (Rz, Rr, Rh) = np.split(W[0], 3), np.split(R[0], 3)
    Wbz, Wbr, Wbh, Rbz, Rbr, Rbh = np.split(B[0], 6)
    zt = logistic(X @ Wz.T + H @ Rz.T + Wbz + Rbz)
    rt = logistic(X @ Wr.T + H @ Rr.T + Wbr + Rbr)
    ht: Array = np.tanh(X @ Wh.T + rt * (H @ Rh.T + Rbh) + Wbh)
    return (1 - zt) * ht + zt * H


def onnx_reset_before_step(X: Array, H: Array, W: Array, R: Array, B: Array) -> Array:
    """ONNX ``GRU`` with ``linear_before_reset=0``, its default; one example per row."""
    (Wz, Wr, Wh), (Rz, Rr, Rh) = np.split(W[0], 3), np.split(R[0], 3)
    Wbz, Wbr, Wbh, Rbz, Rbr, Rbh = np.split(B[0], 6)
    zt = logistic(X @ Wz.T + H @ Rz.T + Wbz + Rbz)
    rt = logistic(X @ Wr.T + H @ Rr.T + Wbr + Rbr)
    ht: Array = np.tanh(X @ Wh.T + (rt * H) @ Rh.T + Rbh + Wbh)
    return (1 - zt) * ht + zt * H


# --- what a convention is, and the way to it and back ---------------------------------------------

Axes = Mapping[str, str]
"""Names of arrays with their axes in features ``d`` and units ``u``, such as ``"3u, d"``."""


@dataclass(frozen=True, repr=False)
class Convention:
    """One way to write a GRU.

    Parameters
    ----------
    key, name : str
        A short name for code and one for people.
    source : str
        Its key in the bibliography of the book.
    gates : str
        The order of the blocks: ``z`` update, ``r`` reset, ``h`` candidate.
    z_keeps : bool
        Whether an update gate near 1 keeps the old state; otherwise it writes the candidate.
    reset_after : bool
        Whether the reset gate acts after the recurrent product; otherwise before it.
    columns : bool
        Whether the printed step wants one example per column; otherwise per row.
    input_weights, recurrent_weights, biases : mapping
        The arrays, in order, with their axes. Together they hold three blocks of input weights,
        three of recurrent weights, and three biases, none or six.
    step : callable
        The step as the source prints it, ``step(x, h, **arrays)``.
    """

    key: str
    name: str
    source: str
    gates: str
    z_keeps: bool
    reset_after: bool
    columns: bool
    input_weights: Axes
    recurrent_weights: Axes
    biases: Axes
    step: Callable[..., Array]

    def __repr__(self) -> str:
        return f"<{self.key}>"

    @property
    def shapes(self) -> dict[str, str]:
        """All arrays with their axes."""
        return {**self.input_weights, **self.recurrent_weights, **self.biases}

    @property
    def biases_per_gate(self) -> int:
        """Number of biases of a gate; two are an input and a recurrent bias."""
        return sum(prod(_shape(axes, features=1, units=1)) for axes in self.biases.values()) // 3

    @property
    def transposed(self) -> bool:
        """Whether the stored weights are those of the book transposed."""
        return all(axes.endswith("d") for axes in self.input_weights.values())

    def from_book(self, weights: GRUWeights) -> Arrays:
        """Write the weights of the book in this convention.

        Parameters
        ----------
        weights : GRUWeights
            One layer, in the layout of Keras.

        Returns
        -------
        dict of numpy.ndarray
            New arrays, under the names of this convention.

        Raises
        ------
        ValueError
            If no weights of this convention compute the same function.

        Examples
        --------
        >>> weights = GRUWeights.random(features=4, units=5, seed=0)
        >>> {name: array.shape for name, array in PYTORCH.from_book(weights).items()}
        {'weight_ih_l0': (15, 4), 'weight_hh_l0': (15, 5), 'bias_ih_l0': (15,), 'bias_hh_l0': (15,)}
        """
        self._refuse_the_other_function(weights)
        check_finite(weights)
        parts = (weights.kernel, weights.recurrent_kernel, self._biases_from_book(weights))
        kernel, recurrent, biases = (self._rearranged(p, _BOOK_ORDER, self.gates) for p in parts)
        if self.transposed:
            kernel, recurrent = kernel.T, recurrent.T
        arrays = {}
        for named, part in (
            (self.input_weights, kernel),
            (self.recurrent_weights, recurrent),
            (self.biases, biases),
        ):
            for name, piece in zip(named, np.split(part, len(named) or 1), strict=False):
                shape = _shape(named[name], weights.features, weights.units)
                arrays[name] = piece.reshape(shape)
        return arrays

    def to_book(self, arrays: Mapping[str, Array]) -> GRUWeights:
        """Write weights of this convention as the weights of the book.

        Parameters
        ----------
        arrays : mapping of numpy.ndarray
            One layer, under the names of this convention.

        Returns
        -------
        GRUWeights

        Raises
        ------
        ValueError
            If an array is missing, unknown, of the wrong shape or not finite.

        Examples
        --------
        >>> weights = GRUWeights.random(features=4, units=5, seed=0)
        >>> arrays = KERAS_RESET_AFTER.from_book(weights)
        >>> PYTORCH.to_book(arrays)
        Traceback (most recent call last):
        ...
        ValueError: PyTorch needs the arrays weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0; \
got kernel, recurrent_kernel, bias
        """
        features, units = self.sizes(arrays)

        def joined(named: Axes, width: int) -> Array:
            rows = [np.reshape(arrays[name], (-1, width)) for name in named]
            return np.concatenate(rows) if rows else np.zeros((0, width))

        if self.transposed:
            kernel = joined(self.input_weights, features).T
            recurrent = joined(self.recurrent_weights, units).T
        else:
            kernel = joined(self.input_weights, 3 * units)
            recurrent = joined(self.recurrent_weights, 3 * units)
        biases = joined(self.biases, 3 * units)
        if not self.reset_after:
            biases = biases.sum(axis=0)  # two biases before the same sum act as one
        elif not len(biases):
            biases = np.zeros_like(kernel, shape=(2, 3 * units))
        parts = (kernel, recurrent, biases)
        return GRUWeights(*(self._rearranged(p, self.gates, _BOOK_ORDER) for p in parts))

    def run(self, x: Array, arrays: Mapping[str, Array], h: Array | None = None) -> Array:
        """Run the printed step over whole sequences.

        Parameters
        ----------
        x : numpy.ndarray
            Inputs, shape ``(batch, timesteps, features)``.
        arrays : mapping of numpy.ndarray
            One layer, under the names of this convention.
        h : numpy.ndarray, optional
            Initial hidden state, shape ``(batch, units)``; zeros if not given.

        Returns
        -------
        numpy.ndarray
            Hidden states, shape ``(batch, timesteps, units)``.

        Raises
        ------
        ValueError
            If the arrays, ``x`` or ``h`` do not fit, or a number is not finite.
        """
        features, units = self.sizes(arrays)
        if x.ndim != 3 or x.shape[1] == 0 or x.shape[2] != features:
            raise ValueError(f"x has shape {x.shape}; expected (batch, timesteps >= 1, {features})")
        h = np.zeros((len(x), units)) if h is None else h
        if h.shape != (len(x), units):
            raise ValueError(f"h has shape {h.shape}; expected {(len(x), units)}")
        finite(x, "the inputs x")
        finite(h, "the numbers of h")
        states = []
        for t in range(x.shape[1]):
            if self.columns:
                h = self.step(x[:, t].T, h.T, **arrays).T
            else:
                h = self.step(x[:, t], h, **arrays)
            states.append(h)
        return np.stack(states, axis=1)

    def sizes(self, arrays: Mapping[str, Array]) -> tuple[int, int]:
        """Return features and units of one layer.

        Parameters
        ----------
        arrays : mapping of str to ndarray
            The weights by their names in this convention.

        Returns
        -------
        tuple of int

        Raises
        ------
        ValueError
            If an array is missing, unknown, of the wrong shape or not finite.
        """
        if set(arrays) != set(self.shapes):
            raise ValueError(
                f"{self.name} needs the arrays {', '.join(self.shapes)}; got {', '.join(arrays)}"
            )
        features, units = (
            np.atleast_2d(arrays[next(iter(named))]).shape[-1 if self.transposed else -2]
            for named in (self.input_weights, self.recurrent_weights)
        )
        for name, axes in {**self.recurrent_weights, **self.shapes}.items():
            if arrays[name].shape != (expected := _shape(axes, features, units)):
                raise ValueError(
                    f"{name} has shape {arrays[name].shape}; expected ({axes}), here {expected} "
                    f"for d = {features} features and u = {units} units"
                )
            finite(arrays[name], f"the weights in {name}", what_to_do="")
        return features, units

    def _rearranged(self, array: Array, old: str, new: str) -> Array:
        """Permute the three blocks of the last axis; change the sign of z where it writes."""
        blocks = dict(zip(old, np.split(array, 3, axis=-1), strict=True))
        if not self.z_keeps:
            blocks["z"] = -blocks["z"]
        return np.concatenate([blocks[gate] for gate in new], axis=-1)

    def _biases_from_book(self, weights: GRUWeights) -> Array:
        """Return the biases as rows, as many as this convention has per gate."""
        biases = np.atleast_2d(weights.bias)
        if self.biases_per_gate == 0:
            if biases.any():
                raise ValueError(
                    f"{self.name} prints no biases, and these weights have some. A constant input "
                    "feature of 1 can carry all but a recurrent bias of the candidate: see "
                    "with_constant_feature"
                )
            return biases[:0]
        missing = self.biases_per_gate - len(biases)
        return np.concatenate([biases, np.zeros_like(biases, shape=(missing, biases.shape[1]))])

    def _refuse_the_other_function(self, weights: GRUWeights) -> None:
        if weights.reset_after != self.reset_after:
            theirs, ours = ("after", "before") if weights.reset_after else ("before", "after")
            raise ValueError(
                f"these weights apply the reset gate {theirs} the recurrent product, {self.name} "
                f"applies it {ours}. These are two functions, and no conversion of weights turns "
                "one into the other: use a convention of the same kind, or train again"
            )


def with_constant_feature(weights: GRUWeights) -> GRUWeights:
    """Move the biases into the kernel, as the weights of one more input feature that is always 1.

    So biases come along into papers that print none.

    Parameters
    ----------
    weights : GRUWeights
        One layer with ``d`` features.

    Returns
    -------
    GRUWeights
        A layer with ``d + 1`` features, the last of them the constant, and all biases zero.

    Raises
    ------
    ValueError
        If the candidate has a recurrent bias: it stands inside the product with the reset gate,
        where no input reaches it.

    Examples
    --------
    >>> weights = GRUWeights.random(features=4, units=5, seed=0, reset_after=False)
    >>> arrays = CHUNG.from_book(with_constant_feature(weights))
    >>> arrays["W_z"].shape  # four features and the constant
    (5, 5)
    """
    check_finite(weights)
    biases = np.atleast_2d(weights.bias)
    if biases[1:, 2 * weights.units :].any():
        raise ValueError(
            "the candidate has a recurrent bias that is not zero. The reset gate multiplies it, so "
            "a constant input feature cannot carry it: use a convention with two biases per gate"
        )
    return GRUWeights(
        np.concatenate([weights.kernel, biases.sum(axis=0, keepdims=True)]),
        weights.recurrent_kernel.copy(),
        np.zeros_like(weights.bias),
    )


def _shape(axes: str, features: int, units: int) -> tuple[int, ...]:
    """Turn axes such as ``"3u, d"`` into numbers.

    >>> _shape("1, 6u", features=4, units=5)
    (1, 30)
    """
    sizes = {"1": 1, "2": 2, "d": features, "u": units, "3u": 3 * units, "6u": 6 * units}
    return tuple(sizes[axis] for axis in axes.split(", "))


# --- the eight -----------------------------------------------------------------------------------


CHO_V1 = Convention(
    key="cho_v1",
    name="Cho 2014, v1",
    source="cho2014",
    gates="rzh",
    z_keeps=True,
    reset_after=True,
    columns=True,
    input_weights={"W_r": "u, d", "W_z": "u, d", "W": "u, d"},
    recurrent_weights={"U_r": "u, u", "U_z": "u, u", "U": "u, u"},
    biases={},
    step=cho_v1_step,
)
"""The first preprint (arXiv 1406.1078, versions 1 and 2), with the reset after the product."""

CHO_V3 = replace(CHO_V1, key="cho_v3", name="Cho 2014, v3", reset_after=False, step=cho_v3_step)
"""The paper as printed (and arXiv version 3), with the reset before the product."""

CHUNG = replace(
    CHO_V3, key="chung", name="Chung 2014", source="chung2014", z_keeps=False, step=chung_step
)
"""The paper that named the GRU, and whose update gate writes."""

KERAS_RESET_AFTER = Convention(
    key="keras_reset_after",
    name="Keras",
    source="keras_gru",
    gates="zrh",
    z_keeps=True,
    reset_after=True,
    columns=False,
    input_weights={"kernel": "d, 3u"},
    recurrent_weights={"recurrent_kernel": "u, 3u"},
    biases={"bias": "2, 3u"},
    step=keras_reset_after_step,
)
"""The default of Keras, and the convention of this book."""

KERAS_RESET_BEFORE = replace(
    KERAS_RESET_AFTER,
    key="keras_reset_before",
    name="Keras, reset_after=False",
    reset_after=False,
    biases={"bias": "3u"},
    step=keras_reset_before_step,
)
"""Keras with ``reset_after=False``."""

PYTORCH = Convention(
    key="pytorch",
    name="PyTorch",
    source="pytorch_gru",
    gates="rzh",
    z_keeps=True,
    reset_after=True,
    columns=False,
    input_weights={"weight_ih_l0": "3u, d"},
    recurrent_weights={"weight_hh_l0": "3u, u"},
    biases={"bias_ih_l0": "3u", "bias_hh_l0": "3u"},
    step=pytorch_step,
)
"""``torch.nn.GRU``; the names are those of its ``state_dict()``."""

ONNX_RESET_AFTER = Convention(
    key="onnx_reset_after",
    name="ONNX, linear_before_reset=1",
    source="onnx_gru",
    gates="zrh",
    z_keeps=True,
    reset_after=True,
    columns=False,
    input_weights={"W": "1, 3u, d"},
    recurrent_weights={"R": "1, 3u, u"},
    biases={"B": "1, 6u"},
    step=onnx_reset_after_step,
)
"""The ONNX operator with ``linear_before_reset=1``."""

ONNX_RESET_BEFORE = replace(
    ONNX_RESET_AFTER,
    key="onnx_reset_before",
    name="ONNX, linear_before_reset=0",
    reset_after=False,
    step=onnx_reset_before_step,
)
"""The ONNX operator by default. It keeps two biases, though only their sum matters."""

CONVENTIONS = (
    CHO_V1,
    CHO_V3,
    CHUNG,
    KERAS_RESET_AFTER,
    KERAS_RESET_BEFORE,
    PYTORCH,
    ONNX_RESET_AFTER,
    ONNX_RESET_BEFORE,
)
"""All of them, papers first."""
