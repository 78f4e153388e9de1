"""A drive on a track of our own: a driver, the pictures of the car's camera, and a tub of them."""

from collections.abc import Iterator

import numpy as np

from donkey_gradcam.sample.track import STEP, Track, make_track
from donkey_gradcam.sample.track_camera import Camera, Pose
from donkey_gradcam.views import Command, Frame

RATE = 20
"""Pictures a second, donkeycar's usual rate."""

_LOOK_AHEAD = 1.0  # metres of centre line
_TIGHTEST_TURN = 0.95  # metres: the radius of full steering
_TOP_SPEED = 3.4  # metres a second at full throttle


def drive_track(frames: int, seed: int) -> Iterator[tuple[Frame, Command]]:
    """Drive round the track of a seed; the same seed gives the same drive.

    The driver is pure pursuit: the arc that leads from the car to a point of the centre line a metre ahead
    (Coulter, "Implementation of the Pure Pursuit Path Tracking Algorithm", CMU-RI-TR-92-01, 1992, eq. 3).
    The car does not quite follow: its heading and place are disturbed, so that there is something to correct.

    Args:
        frames: how many pictures.
        seed: of the track, the hall and the disturbances.

    Yields:
        A picture, uint8 (120, 160, 3) RGB, and what the driver asked of the car when it was taken.

    Raises:
        ValueError: the seed is negative.
    """
    track = make_track(seed)
    camera = Camera(track, seed)
    for pose, command in drive_poses(track, frames, seed):
        yield camera.look(pose), command


def drive_poses(track: Track, frames: int, seed: int) -> Iterator[tuple[Pose, Command]]:
    """The drive without its pictures: where the car was and what the driver asked."""
    rng = np.random.default_rng((seed, 2))
    car = _start(track, int(rng.integers(len(track.centre))))
    sway = 0.0
    for _ in range(frames):
        command = _pursue(track, car)
        yield car, command
        sway = 0.93 * sway + 0.37 * float(rng.standard_normal())  # deviation 1, half life half a second
        car = _move(car, command, sway)


def _start(track: Track, point: int) -> Pose:
    (x, y), (dx, dy) = track.centre[point].tolist(), track.tangent[point].tolist()
    return Pose(x, y, float(np.arctan2(dy, dx)))


def _pursue(track: Track, car: Pose) -> Command:
    """Steer along the arc to the point ahead; slow down in curves."""
    ahead = (track.nearest(car.x, car.y) + round(_LOOK_AHEAD / STEP)) % len(track.centre)
    east, north = track.centre[ahead].tolist()
    east, north = east - car.x, north - car.y
    right = east * np.sin(car.heading) - north * np.cos(car.heading)
    arc = 2 * right / (east**2 + north**2)
    angle = float(np.clip(arc * _TIGHTEST_TURN, -1, 1))
    return Command(angle, 0.62 - 0.3 * abs(angle))


def _move(car: Pose, command: Command, sway: float) -> Pose:
    """One picture's time on: the car turns as it was asked, and sways."""
    angle, throttle = command.angle or 0.0, command.throttle or 0.0
    metres = throttle * _TOP_SPEED / RATE
    heading = car.heading - metres * angle / _TIGHTEST_TURN + 0.017 * sway
    return Pose(car.x + metres * float(np.cos(heading)), car.y + metres * float(np.sin(heading)), heading)
