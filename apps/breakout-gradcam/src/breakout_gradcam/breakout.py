"""Where ball, paddle and bricks of Breakout are, read from the console's RAM.

Addresses of ball and paddle as in OCAtari (Delfosse et al., 2023, arXiv:2306.08649) and AtariARI (Anand et
al., NeurIPS 2019, arXiv:1906.08226). All positions are pixels of the game's 160x210 picture, from its top
left corner.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

PICTURE_SIZE = (210, 160)
WALLS = (8, 152)
BRICK_TOP, BRICK_HEIGHT, BRICK_WIDTH = 57, 6, 8
PADDLE_Y, PADDLE_WIDTH, PADDLE_HEIGHT = 189, 16, 4
BALL_WIDTH, BALL_HEIGHT = 2, 4

# The bricks are six playfield registers of six rows each, bottom row first; per brick column (register, bit).
_COLUMNS = (
    (5, 6), *((4, bit) for bit in (7, 5, 3, 1)), *((3, bit) for bit in (0, 2, 4, 6)), (2, 4), (2, 6),
    *((1, bit) for bit in (7, 5, 3, 1)), *((0, bit) for bit in (0, 2, 4)),
)  # fmt: skip

Box = tuple[int, int, int, int]
Direction = Literal["up", "down", "still"]


@dataclass(frozen=True, slots=True)
class Scene:
    """What is on the screen.

    Attributes:
        ball: (x, y, width, height), or None while no ball is in play.
        paddle: (x, y, width, height).
        bricks: bool (6, 18), top row first, True where a brick stands.
    """

    ball: Box | None
    paddle: Box
    bricks: NDArray[np.bool_]

    @property
    def brick_boxes(self) -> list[Box]:
        """(x, y, width, height) of every brick that stands."""
        rows, columns = np.nonzero(self.bricks)
        return [
            (WALLS[0] + BRICK_WIDTH * int(c), BRICK_TOP + BRICK_HEIGHT * int(r), BRICK_WIDTH, BRICK_HEIGHT)
            for r, c in zip(rows, columns, strict=True)
        ]


def read_scene(ram: NDArray[np.uint8]) -> Scene:
    """Read the scene from the 128 bytes of RAM of the same moment as the picture.

    Args:
        ram: uint8 (128,).
    """
    ball = (int(ram[99]) - 49, int(ram[101]) + 9, BALL_WIDTH, BALL_HEIGHT) if ram[101] else None
    registers = ram[:36].reshape(6, 6)[:, ::-1]  # (register, row), top row first
    bricks = np.stack([(registers[register] >> bit) & 1 for register, bit in _COLUMNS], axis=1).astype(
        np.bool_
    )
    return Scene(ball, (int(ram[72]) - 47, PADDLE_Y, PADDLE_WIDTH, PADDLE_HEIGHT), bricks)


@dataclass(frozen=True, slots=True)
class BallFlight:
    """How the ball moves between two steps.

    Attributes:
        direction: up, down or still.
        landing_x: x of the ball's left edge when it reaches the paddle's height, in pixels, reflected at the
            walls; None unless it falls towards it.
    """

    direction: Direction
    landing_x: float | None


def ball_flight(before: Scene, now: Scene) -> BallFlight | None:
    """Direction of the ball, and where it lands if nothing but the walls is in its way.

    Returns:
        None when the ball was out of play in either scene (its motion is then unknown).
    """
    if before.ball is None or now.ball is None:
        return None
    (x0, y0, *_), (x, y, *_) = before.ball, now.ball
    if y <= y0:
        return BallFlight("up" if y < y0 else "still", None)
    left_to_fall = PADDLE_Y - BALL_HEIGHT - y
    if left_to_fall < 0:  # past the paddle: it is lost, or has just been hit
        return BallFlight("down", None)
    landing = x + (x - x0) * left_to_fall / (y - y0)
    return BallFlight("down", reflect(landing, WALLS[0], WALLS[1] - BALL_WIDTH))


def reflect(position: float, low: float, high: float) -> float:
    """Fold a straight path back between two walls: a triangle wave of period 2 (high - low)."""
    span = high - low
    folded = (position - low) % (2 * span)
    return low + min(folded, 2 * span - folded)
