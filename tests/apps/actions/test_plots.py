"""Pictures of paths: everything is drawn, and a start is where the path starts."""

import matplotlib.pyplot as plt
import numpy as np

from gru_course.apps.actions.gestures import gestures
from gru_course.apps.actions.model import disturbed
from gru_course.apps.actions.plots import gallery, versions, while_watching


def test_gallery_marks_the_start():
    data = gestures(per_class=2)
    panel = gallery(data).axes[3]
    start = panel.lines[1].get_xydata()[0]
    np.testing.assert_allclose(start, data.x[data.labels == 3][0, 0])
    plt.close("all")


def test_versions_and_watching():
    path = gestures(per_class=1).x[5]
    assert len(versions(path, disturbed, count=2).axes[0].lines) == 4
    running = np.linspace(0, 1, 24).reshape(2, 12).astype("float32")
    axes = while_watching(running, np.ones(12), np.array([0, 1])).axes[0]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == [
        "clockwise",
        "anti-clockwise",
        "share right",
    ]
    assert axes.get_ylabel() == "probability of clockwise (thin)\nshare right (thick)"
    plt.close("all")
