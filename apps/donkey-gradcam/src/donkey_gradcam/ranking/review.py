"""Every frame of a drive looked at once: the figures of all, the pictures of the worst."""

from contextlib import closing
from dataclasses import replace
from functools import partial

import numpy as np
from rlviz_cam import select_evidence
from rlviz_video import interrupts_deferred, prefetch, progress

from donkey_gradcam.opening import Ride
from donkey_gradcam.ranking.orders import Order, Row, Worst
from donkey_gradcam.settings import MapSettings
from donkey_gradcam.views import Explained

FRAMES_AHEAD = 64


class Review:
    """Looks at the frames of a ride.

    Args:
        ride: the pilot on its drive.
        maps: which evidence is looked at, and where the road is.
        order: what makes a frame worse than another.
        top: how many of the worst keep their picture.

    Attributes:
        rows: the figures of all frames so far, in driving order.
        worst: the worst of them, with what is needed to draw them.
        regions: parts of the picture.
    """

    def __init__(self, ride: Ride, maps: MapSettings, order: Order, top: int) -> None:
        self.ride, self.maps, self.order = ride, maps, order
        self.regions = ride.regions
        self.rows: list[Row] = []
        self.worst: Worst[tuple[Row, Explained]] = Worst(top)

    def look(self) -> None:
        """Look at all frames.

        Raises:
            KeyboardInterrupt: Ctrl-C; `rows` and `worst` are those of the frames before.
        """
        shares = self.regions.shares(self.ride.explainer.placer)
        with closing(prefetch(self.ride.explained(), FRAMES_AHEAD)) as explained:
            for item in progress(explained, self.ride.frames, "Ranking"):
                road = shares(select_evidence(item.map, self.maps.evidence)).get("road")
                row = row_of(item, road)
                with interrupts_deferred():  # a frame is counted in full or not at all
                    self.rows.append(row)
                    self.worst.offer(self.order.badness(row), partial(_kept, row, item))


def row_of(item: Explained, road: float | None) -> Row:
    """The figures of one frame.

    Args:
        item: the frame.
        road: share of its evidence on the road, where there is a road and any evidence.
    """
    record, pilot = item.view.record, item.pilot.angle
    user = record.user.angle
    return Row(
        index=record.index,
        session=record.session,
        user_angle=user,
        pilot_angle=pilot,
        error=None if user is None or pilot is None else abs(user - pilot),
        outside=None if road is None else 1 - road,
        empty=not np.any(item.heat),
        evidence_peak=float(np.abs(item.heat).max()),
        held=item.view.held,
    )


def _kept(row: Row, item: Explained) -> tuple[Row, Explained]:
    """The frame without what would keep its whole batch, or the frames before it, in memory."""
    alone = replace(
        item, map=item.map.copy(), heat=item.heat.copy(), angle_bins=None, throttle_bins=None, earlier=()
    )
    return row, alone
