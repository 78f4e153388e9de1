"""From windows of single operations to the path between an input and a tensor, whatever the graph."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

from rlviz_cam.backends.base import WindowOp
from rlviz_cam.geometry import ReceptiveField

WindowPath = tuple[WindowOp, ...]
"""Windows between the input and a tensor, the first one first."""

Node = TypeVar("Node", bound=Hashable)


def follow(
    node: Node,
    parents: Callable[[Node], Iterable[Node]],
    through: Callable[[Node, Sequence[WindowPath]], WindowPath | None],
) -> WindowPath:
    """Return the path between the input and what a node makes.

    Args:
        node: The last node.
        parents: The nodes that a node's result is computed from.
        through: Given a node and the paths of those of its parents that depend on the input, its own path;
            ``None`` when it does not depend on the input.

    Raises:
        ValueError: When the node does not depend on the input.
    """
    known: dict[Node, WindowPath | None] = {}
    order = [node]
    while order:  # parents first, without recursion: networks may be deep
        current = order[-1]
        waiting = [parent for parent in parents(current) if parent not in known]
        if waiting:
            order.extend(waiting)
            continue
        order.pop()
        if current not in known:
            known[current] = through(current, _reaching(parents(current), known))
    path = known[node]
    if path is None:
        msg = "the layer does not depend on the input image"
        raise ValueError(msg)
    return path


def _reaching(parents: Iterable[Node], known: Mapping[Node, WindowPath | None]) -> list[WindowPath]:
    paths = [known[parent] for parent in parents]
    return [path for path in paths if path is not None]


def widest(paths: Sequence[WindowPath]) -> WindowPath:
    """Return the path whose field holds those of all others, where paths join (a skip connection).

    Raises:
        ValueError: When the fields do not lie inside one another.
    """
    fields = [ReceptiveField.from_windows(path, cells=(1, 1), pixels=(1, 1)) for path in paths]
    best = max(range(len(paths)), key=lambda number: sum(fields[number].size))
    for field in fields:
        if field.jump != fields[best].jump or not fields[best].covers(field):
            msg = "two paths of different geometry join below the layer; choose a layer before they do"
            raise ValueError(msg)
    return paths[best]


def unknown_operation(name: str, how: str = "") -> ValueError:
    """Return the error for an operation whose reach is not known (when it works in a certain way)."""
    what = f"{name!r} {how}".strip()
    msg = f"cannot work out the receptive field through the operation {what}; choose a layer before it"
    return ValueError(msg)


def ancestors(node: Node | None, parents: Callable[[Node], Iterable[Node]]) -> frozenset[Node]:
    """Return a node and all that its result is computed from."""
    found: set[Node] = set()
    waiting = [] if node is None else [node]
    while waiting:
        current = waiting.pop()
        if current not in found:
            found.add(current)
            waiting.extend(parents(current))
    return frozenset(found)
