"""What an alignment comes to, in words."""

import numpy as np

from deepracer_analyzer.sync.alignment import Alignment

_SURE = 0.9
_FURTHEST = 60
"""Rows of lag, and of its change, up to which it is told as a lag."""

_UNSHOWN = 30


def describe_alignment(alignment: Alignment, rows: int) -> str:
    """The lag, how sure the rows are, and what of log and video the other does not have: one line.

    Args:
        alignment: The row of each picture.
        rows: Of the log.
    """
    inside = np.flatnonzero(alignment.rows >= 0)
    inside = inside[: max(0, len(inside) - alignment.after)]
    parts: list[str] = []
    if len(inside):
        parts.append(_lag(alignment, inside))
    parts.append(f"{percent(float((alignment.confidence >= _SURE).mean()))} of the pictures are sure")
    if alignment.before:
        parts.append(f"{alignment.before:,} {'is' if alignment.before == 1 else 'are'} older than the log")
    if alignment.after:
        parts.append(describe_after(alignment.after))
    if len(inside):
        parts += _ends(int(alignment.rows[inside[0]]), int(alignment.rows[inside[-1]]), rows)
    return "; ".join(parts)


def describe_after(pictures: int) -> str:
    """What becomes of pictures from after the log's end."""
    one = pictures == 1
    return (
        f"{pictures:,} picture{'' if one else 's'} from after the log's end stay{'s' if one else ''} "
        "on its last row"
    )


def percent(share: float) -> str:
    """A share, 0 to 1, such as `98.7 %`; `100 %` only where it is all."""
    tenths = int(share * 1000 + 1e-9)
    return f"{tenths // 10} %" if tenths % 10 == 0 else f"{tenths / 10:.1f} %"


def _lag(alignment: Alignment, inside: np.ndarray[tuple[int], np.dtype[np.intp]]) -> str:
    shown = alignment.rows[inside]
    lags = inside - shown
    low, high = int(lags.min()), int(lags.max())
    if high - low > _FURTHEST or abs(low) > _FURTHEST:
        return f"the pictures show rows {shown[0]:,} to {shown[-1]:,}"
    if low >= 0:
        span = f"{low}" if low == high else f"{low} to {high}"
        return f"the picture trails the log by {span} rows"
    return f"picture f shows row f - {high}" if low == high else f"the picture's lag is {low} to {high} rows"


def _ends(first: int, last: int, rows: int) -> list[str]:
    """What of the log the video does not show."""
    parts: list[str] = []
    if first > _UNSHOWN:
        parts.append(f"the video begins at row {first:,}")
    if rows - 1 - last > _UNSHOWN:
        parts.append(f"the video ends at row {last:,} of {rows - 1:,}")
    return parts
