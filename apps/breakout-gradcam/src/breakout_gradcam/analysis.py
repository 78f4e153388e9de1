"""What each decision rested on, frame by frame: margin, evidence by object, where the ball will land."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rlviz_cam import ReceptiveField

from breakout_gradcam.breakout import PICTURE_SIZE, BallFlight, Box, Scene, ball_flight, read_scene
from breakout_gradcam.explain import Explained

THINGS = ("ball", "paddle", "bricks")


@dataclass(frozen=True, slots=True)
class FrameAnalysis:
    """One row of the analysis; a field is None where it does not apply (no ball in play, another game).

    Attributes:
        step: number of the step.
        action: executed action's name.
        chosen: greedy, sampled or random.
        margin: the executed action's score less the best other action's; negative when it was not the best.
        runner_up: name of the best other action.
        score: the game's unclipped score before the step.
        evidence: sum of the map's positive part, in the target's units.
        ball_share: share of that evidence in cells whose receptive field holds the ball's centre.
        ball_chance: share of all cells that do: what evidence spread evenly would give.
        paddle_share: the same for the paddle's centre.
        paddle_chance: as above.
        bricks_share: the same for the centre of any brick that stands.
        bricks_chance: as above.
        ball_x: left edge of the ball in pixels of the 160x210 picture.
        ball_y: its top edge.
        ball_direction: up, down or still.
        landing_x: where it reaches the paddle's height, if it falls.
        paddle_x: left edge of the paddle.
    """

    step: int
    action: str
    chosen: str
    margin: float
    runner_up: str
    score: float
    evidence: float
    ball_share: float | None = None
    ball_chance: float | None = None
    paddle_share: float | None = None
    paddle_chance: float | None = None
    bricks_share: float | None = None
    bricks_chance: float | None = None
    ball_x: int | None = None
    ball_y: int | None = None
    ball_direction: str | None = None
    landing_x: float | None = None
    paddle_x: int | None = None


COLUMNS = tuple(field.name for field in fields(FrameAnalysis))


def cells_holding(field: ReceptiveField, boxes: Sequence[Box]) -> NDArray[np.bool_]:
    """Which cells of a map see the centre of at least one box.

    Args:
        field: geometry of the map's layer; the whole picture was resized to its `pixels`.
        boxes: (x, y, width, height) in pixels of the game's picture.

    Returns:
        bool (h, w).
    """
    held = np.zeros(field.cells, np.bool_)
    for x, y, width, height in boxes:
        point = (y + height / 2, x + width / 2)
        sees: list[NDArray[np.bool_]] = []
        for axis in (0, 1):
            # Pixel i of the input covers [i, i + 1); its centre, which the field counts from, is i + 0.5.
            position = point[axis] * field.pixels[axis] / PICTURE_SIZE[axis] - 0.5
            centres = field.start[axis] + field.jump[axis] * np.arange(field.cells[axis])
            sees.append(np.abs(centres - position) <= field.size[axis] / 2)
        held |= np.outer(sees[0], sees[1])
    return held


def analyze(
    explained: Iterator[Explained], field: ReceptiveField, actions: Sequence[str], *, breakout: bool
) -> Iterator[FrameAnalysis]:
    """Analyse the frames of a run in order.

    Args:
        explained: the run's frames with their raw maps.
        field: geometry of the explained layer.
        actions: names of the actions.
        breakout: whether the RAM is Breakout's, so that ball, paddle and bricks can be found in it.

    Yields:
        One row a frame.
    """
    previous: Scene | None = None
    for item in explained:
        ram = item.step.ram
        scene = read_scene(ram) if breakout and ram is not None else None
        flight = ball_flight(previous, scene) if previous and scene else None
        yield _row(item, field, actions, scene, flight)
        previous = None if item.step.done else scene


def _row(
    item: Explained,
    field: ReceptiveField,
    actions: Sequence[str],
    scene: Scene | None,
    flight: BallFlight | None,
) -> FrameAnalysis:
    step = item.step
    values = item.action_values
    rest = np.where(np.arange(len(values)) == step.action, -np.inf, values)
    second = int(rest.argmax())
    positive = np.maximum(item.map, 0)
    row: dict[str, Any] = {
        "step": step.index,
        "action": actions[step.action],
        "chosen": step.chosen,
        "margin": float(values[step.action] - values[second]),
        "runner_up": actions[second],
        "score": step.score,
        "evidence": float(positive.sum()),
    }
    return FrameAnalysis(**row, **(_scene_columns(positive, field, scene, flight) if scene else {}))


def _scene_columns(
    positive: NDArray[np.float32],
    field: ReceptiveField,
    scene: Scene,
    flight: BallFlight | None,
) -> dict[str, Any]:
    boxes = {
        "ball": [scene.ball] if scene.ball else [],
        "paddle": [scene.paddle],
        "bricks": scene.brick_boxes,
    }
    columns: dict[str, Any] = {"paddle_x": scene.paddle[0]}
    total = float(positive.sum())
    for thing in THINGS:
        if not boxes[thing]:
            continue
        held = cells_holding(field, boxes[thing])
        columns[f"{thing}_chance"] = float(held.mean())
        if total > 0:
            columns[f"{thing}_share"] = float(positive[held].sum()) / total
    if scene.ball:
        columns |= {"ball_x": scene.ball[0], "ball_y": scene.ball[1]}
    if flight:
        columns |= {"ball_direction": flight.direction, "landing_x": flight.landing_x}
    return columns


def describe(row: FrameAnalysis) -> str:
    """One frame as text, in the form of the original's example; every word follows from the numbers."""
    lines = [f"Frame {row.step}: Action = {row.action} ({row.chosen})"]
    lines.append(f"margin {row.margin:+.4f} over {row.runner_up}")
    shares = [
        f"{thing} {share:.0%} (by chance {chance:.0%})"
        for thing in THINGS
        if (share := getattr(row, f"{thing}_share")) is not None
        and (chance := getattr(row, f"{thing}_chance")) is not None
    ]
    if shares:
        lines.append(f"positive evidence in fields that hold: {', '.join(shares)}")
    elif row.evidence == 0:
        lines.append("no positive evidence: nothing in this layer raised the target")
    lines.append(_ball_sentence(row))
    lines = [line for line in lines if line]
    marks = [""] + ["├─ "] * (len(lines) - 2) + ["└─ "]
    return "\n".join(mark + line for mark, line in zip(marks, lines, strict=True))


def _ball_sentence(row: FrameAnalysis) -> str:
    if row.paddle_x is None:
        return ""
    if row.ball_x is None:
        return "no ball in play"
    at = f"ball at ({row.ball_x}, {row.ball_y})"
    if row.landing_x is None:
        return f"{at} going {row.ball_direction}" if row.ball_direction else f"{at}, direction not known yet"
    middle = row.paddle_x + 8
    where = row.landing_x + 1 - middle
    side = (
        "on the paddle"
        if abs(where) <= 8
        else f"{abs(where):.0f} px {'right' if where > 0 else 'left'} of it"
    )
    return f"{at} falling, lands at x = {row.landing_x:.0f}; paddle's middle at {middle}: {side}"


def limits(field: ReceptiveField) -> str:
    """What such a map can and cannot show, from its own numbers."""
    (h, w), (height, width), (size_y, size_x) = field.cells, field.pixels, field.size
    return (
        f"The map is a grid of {h}x{w} cells. Each cell sees {size_y}x{size_x} of the {height}x{width} input "
        "pixels: it says that something in that field mattered, not what or where inside it. Fields overlap: "
        "ball, paddle and bricks often share cells, so the shares below do not add up to 100 %. 'By chance' "
        "is the share that evidence spread evenly over all cells would have: only a difference from it says "
        "something."
    )
