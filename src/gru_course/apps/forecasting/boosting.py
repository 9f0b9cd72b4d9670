"""Gradient-boosted trees as a forecaster: the first thing that many practitioners try."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingRegressor

from gru_course.apps.forecasting.task import Examples, Prepared
from gru_course.course.checked import finite, whole


@dataclass(frozen=True)
class BoostedTrees:
    """Trees that answer for one step at a time and are told which step it is.

    Parameters
    ----------
    model : sklearn.ensemble.HistGradientBoostingRegressor
        Fitted.
    season : int
        After how many steps the pattern repeats.

    Notes
    -----
    A tree cannot go beyond what it has seen, so it reads values of the target as distances from the
    last one, and answers with distances from the anchor.
    """

    model: HistGradientBoostingRegressor
    season: int

    @classmethod
    def fit(
        cls, data: Prepared, season: int, rounds: int = 300, seed: int = 0
    ) -> tuple["BoostedTrees", int]:
        """Fit on the training windows; the number of trees is that with the least validation error.

        Parameters
        ----------
        data : Prepared
        season : int
            At most the history.
        rounds : int
            The most trees; it stops when ten more were of no use.
        seed : int
            Of the drawing of features.

        Returns
        -------
        tuple
            The model, and how many trees it has.

        Raises
        ------
        ValueError
            If the season is longer than the history, or a window or an answer is not finite.
        """
        whole(season, "season")
        whole(rounds, "rounds")
        if season > data.train.past.shape[1]:
            raise ValueError(
                f"season {season}; expected at most the history, {data.train.past.shape[1]}"
            )
        model = HistGradientBoostingRegressor(
            max_iter=rounds, max_features=0.5, early_stopping=True,
            random_state=seed,
        )  # fmt: skip
        found = cls(model, season)
        (x, y), (held_x, held_y) = (
            (found._rows(part), finite(part.y, "the answers").ravel())
            for part in (data.train, data.validation)
        )
        model.fit(x, y, X_val=held_x, y_val=held_y)
        return found, int(model.n_iter_)

    def _rows(self, part: Examples) -> NDArray[np.float32]:
        """Return a row for each example and asked step, shape (examples * horizon, features)."""
        finite(part.x, "the windows")
        examples, horizon = part.truth.shape
        last, unit = part.past[:, -1:], part.unit[:, None]
        lags = min(part.past.shape[1], 2 * self.season)
        same = part.past.shape[1] - self.season + np.arange(horizon) % self.season
        of_origin = np.hstack([(part.past[:, -lags:] - last) / unit, part.x[:, -1]])
        step = np.broadcast_to(np.arange(horizon), (examples, horizon))
        of_step = [step, (part.past[:, same] - last) / unit, (part.level - last) / unit]
        repeated = np.repeat(of_origin[:, None], horizon, axis=1)
        rows = np.concatenate([repeated, np.stack(of_step, axis=2), part.ahead], axis=2)
        return rows.astype(np.float32).reshape(examples * horizon, -1)

    def predict(self, part: Examples) -> NDArray[np.float64]:
        """Return scaled forecasts, shape (examples, horizon)."""
        forecast: NDArray[np.float64] = self.model.predict(self._rows(part))
        return forecast.reshape(part.truth.shape)
