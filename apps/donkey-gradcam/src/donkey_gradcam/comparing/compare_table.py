"""The table of a comparison, as lines of text, with what must be said beside it."""

from collections.abc import Iterator, Sequence

from donkey_gradcam.comparing.scores import PairScore, PilotScore
from donkey_gradcam.regions import THIRDS

_UNKNOWN = "–"
_PARTS = {**{name: f"{name} third" for name in THIRDS}, "road": "on the road", "excluded": "excluded"}


def pilots_table(pilots: Sequence[PilotScore], shares: Sequence[str]) -> str:
    """One line a pilot: its errors, and where its evidence lies.

    Args:
        pilots: at least one.
        shares: the parts of the picture whose shares are shown.
    """
    parts = (_PARTS.get(name, name) for name in shares)
    head = ("pilot", "type", "layer", "steering MAE", "r", "throttle MAE", "no evidence")
    rows = [
        (
            one.name,
            one.type,
            one.layer,
            _number(one.steering_mae, 3),
            _number(one.steering_correlation, 2),
            _number(one.throttle_mae, 3),
            str(one.empty),
            *(_share(one.shares.get(name)) for name in shares),
        )
        for one in pilots
    ]
    return _aligned([(*head, *parts), *rows], texts=3)


def pairs_table(pairs: Sequence[PairScore]) -> str:
    """One line a pair of pilots: how far their maps and their steering agree."""
    head = ("pilots", "agreement of maps", "steering apart", "r")
    rows = [
        (
            f"{one.first} / {one.second}",
            _number(one.maps, 2),
            _number(one.steering_distance, 3),
            _number(one.steering_correlation, 2),
        )
        for one in pairs
    ]
    return _aligned([head, *rows], texts=1)


def remarks(pilots: Sequence[PilotScore], pairs: Sequence[PairScore], frames: int) -> Iterator[str]:
    """What a person must know to read the tables, a line each."""
    known = pilots[0].user_frames
    if not known:
        yield "Steering and throttle errors are empty: the drive holds no commands of a person."
    elif known < frames:
        yield f"Errors are over {known} of {frames} frames: the others hold no steering of a person."
    for pair in pairs:
        if pair.one_flat:
            yield (
                f"{pair.first} / {pair.second}: on {pair.one_flat} frames the heat of just one is flat "
                "(on the newest picture, if it sees several); they count as 0."
            )
        if pair.both_flat:
            yield (
                f"{pair.first} / {pair.second}: on {pair.both_flat} frames the heat of both is flat, with "
                "nothing to agree on; left out."
            )
    placements = {one.name: one.placement for one in pilots}
    if len(set(placements.values())) > 1:
        placed = ", ".join(f"{name} {placement}" for name, placement in placements.items())
        yield (
            f"Heat is placed differently ({placed}: what agrees best with occlusion for each); "
            "that lowers the agreement of maps. --placement field places all alike."
        )


def _aligned(rows: Sequence[Sequence[str]], texts: int) -> str:
    """Columns as wide as they need, the first `texts` to the left and the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = (
        "  ".join(
            cell.ljust(width) if place < texts else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )
    return "\n".join(lines)


def _number(value: float | None, digits: int) -> str:
    return _UNKNOWN if value is None else f"{value:.{digits}f}"


def _share(value: float | None) -> str:
    return _UNKNOWN if value is None else f"{value:.0%}"
