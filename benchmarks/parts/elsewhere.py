"""The same model, update and forward pass in PyTorch and in JAX, where they are installed.

Each framework has a process of its own, since two of them in one process get in each other's way.
It reads ``train`` or ``forward`` from its standard input, does that once, and says ``done``.
"""

import importlib.metadata
import importlib.util
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

Calls = dict[str, tuple[Callable[[], object], Callable[[], object]]]
NAMES = {"torch": "PyTorch, nn.GRU", "jax": "JAX, scan"}


@contextmanager
def calls_elsewhere(*sizes: int) -> Iterator[tuple[Calls, dict[str, str]]]:
    """Start each framework that is here; give its update and forward pass, and its version.

    Parameters
    ----------
    *sizes : int
        Batch, timesteps, vocabulary size, width of a word vector, units.
    """
    workers = {
        name: subprocess.Popen(
            [sys.executable, __file__, name, *map(str, sizes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in NAMES
        if importlib.util.find_spec(name)
    }

    def asking(name: str, what: str) -> Callable[[], object]:
        def call() -> object:
            print(what, file=workers[name].stdin, flush=True)
            return said(name)

        return call

    def said(name: str) -> str:
        output = workers[name].stdout
        answer = output.readline().strip() if output else ""
        if not answer:
            raise RuntimeError(f"the process of {name} ended; see its message above")
        return answer

    try:
        versions = {name: said(name) for name in workers}
        found = {NAMES[n]: (asking(n, "train"), asking(n, "forward")) for n in workers}
        yield found, versions
    finally:
        for worker in workers.values():
            worker.kill()


def serve(name: str, *sizes: int) -> None:
    """Do what is asked for, line by line."""
    rng = np.random.default_rng(0)
    batch, timesteps, words, *_ = sizes
    x = rng.integers(1, words, (batch, timesteps)).astype("int32")
    y = rng.integers(0, 2, batch).astype("float32")
    train, forward = {"torch": _torch, "jax": _jax}[name](x, y, *sizes[2:])
    print(importlib.metadata.version(name), flush=True)
    for line in sys.stdin:
        (train if line.strip() == "train" else forward)()
        print("done", flush=True)


def _torch(x: Any, y: Any, vocabulary_size: int, embedding_dim: int, units: int) -> Any:
    import torch

    class Classifier(torch.nn.Module):  # type: ignore[misc] # not installed here
        def __init__(self) -> None:
            super().__init__()
            self.words = torch.nn.Embedding(vocabulary_size, embedding_dim)
            self.gru = torch.nn.GRU(embedding_dim, units, batch_first=True)
            self.out = torch.nn.Linear(units, 1)

        def forward(self, ids: Any) -> Any:
            return self.out(self.gru(self.words(ids))[1][0])[:, 0]

    model = Classifier()
    optimizer = torch.optim.Adam(model.parameters(), 0.001)
    loss_of = torch.nn.BCEWithLogitsLoss()
    ids, labels = torch.from_numpy(x.astype("int64")), torch.from_numpy(y)

    def train() -> object:
        optimizer.zero_grad()
        loss = loss_of(model(ids), labels)
        loss.backward()
        optimizer.step()
        return loss.item()

    def forward() -> object:
        with torch.inference_mode():
            return model(ids).numpy()

    return train, forward


def _jax(x: Any, y: Any, vocabulary_size: int, embedding_dim: int, units: int) -> Any:
    import jax
    import jax.numpy as jnp

    keys = jax.random.split(jax.random.key(0), 4)
    shapes = [(vocabulary_size, embedding_dim), (embedding_dim, 3 * units), (units, 3 * units)]
    shapes.append((units, 1))
    pairs = zip(keys, shapes, strict=True)
    weights = [0.05 * jax.random.normal(key, shape) for key, shape in pairs]
    weights += [jnp.zeros((2, 3 * units)), jnp.zeros(1)]
    moments = [[jnp.zeros_like(w) for w in weights] for _ in range(2)]

    def logits_of(weights: Any, ids: Any) -> Any:
        table, kernel, recurrent, out, biases, bias = weights
        inputs = jnp.swapaxes(table[ids] @ kernel + biases[0], 0, 1)

        def step(h: Any, inputs: Any) -> Any:
            xz, xr, xc = jnp.split(inputs, 3, axis=-1)
            mz, mr, mc = jnp.split(h @ recurrent + biases[1], 3, axis=-1)
            z, r = jax.nn.sigmoid(xz + mz), jax.nn.sigmoid(xr + mr)
            return z * h + (1 - z) * jnp.tanh(xc + r * mc), None

        h, _ = jax.lax.scan(step, jnp.zeros((len(ids), units)), inputs)
        return (h @ out + bias)[:, 0]

    def loss_of(weights: Any, ids: Any, labels: Any) -> Any:
        logits = logits_of(weights, ids)
        return jnp.mean(jnp.logaddexp(0, logits) - labels * logits)

    def adam(weights: Any, moments: Any, count: Any, ids: Any, labels: Any) -> Any:
        loss, slopes = jax.value_and_grad(loss_of)(weights, ids, labels)
        pairs = [zip(moment, slopes, strict=True) for moment in moments]
        first = [0.9 * m + 0.1 * g for m, g in pairs[0]]
        second = [0.999 * v + 0.001 * g**2 for v, g in pairs[1]]
        rate = 0.001 * jnp.sqrt(1 - 0.999**count) / (1 - 0.9**count)
        triples = zip(weights, first, second, strict=True)
        return [w - rate * m / (jnp.sqrt(v) + 1e-7) for w, m, v in triples], [first, second], loss

    update = jax.jit(adam, donate_argnums=(0, 1))
    answer = jax.jit(lambda weights, ids: jax.nn.sigmoid(logits_of(weights, ids)))
    state: dict[str, Any] = {"weights": weights, "moments": moments, "count": 0}
    ids, labels = jnp.asarray(x), jnp.asarray(y)

    def train() -> object:
        state["count"] += 1
        state["weights"], state["moments"], loss = update(
            state["weights"], state["moments"], jnp.float32(state["count"]), ids, labels
        )
        return float(loss)

    def forward() -> object:
        return np.asarray(answer(state["weights"], ids))

    return train, forward


if __name__ == "__main__":
    serve(sys.argv[1], *map(int, sys.argv[2:]))
