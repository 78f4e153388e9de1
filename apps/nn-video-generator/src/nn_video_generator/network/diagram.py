"""Which blocks the diagram of a network has: input, convolutions, dense layers, outputs."""

from collections.abc import Iterator, Mapping, Sequence

from rlviz_cam import Backend, Feeds, LayerInfo, action_head

from nn_video_generator.network.layers import DiagramLayer, Kind

TITLES = {"logits": "Policy", "q": "Q-values", "quantiles": "Q-values", "value": "Value"}


def diagram_heads(backend: Backend) -> tuple[str, ...]:
    """Name the outputs that the diagram shows: the actions', then the state's value where there is one.

    Raises:
        ValueError: no output has a unit for each action.
    """
    heads = tuple(backend.heads())
    action = action_head(heads)
    return (action, "value") if "value" in heads else (action,)


def diagram_layers(backend: Backend, feeds: Feeds) -> tuple[DiagramLayer, ...]:
    """List the blocks from left to right: input, every layer on the way to an output, the outputs.

    Layers of which only one output is made say so in their title, where others are made of another. An
    output that is not what one layer returns goes by its own name.

    Args:
        backend: the network.
        feeds: what feeds its layers.

    Raises:
        ValueError: the network takes several inputs, or has no output for each action.
    """
    heads = diagram_heads(backend)
    hidden = left_out(backend)
    paths = {head: [name for name in backend.path(head) if name not in hidden] for head in heads}
    last = {head: feeds.heads.get(head, head) for head in heads}
    shown = {name for path in paths.values() for name in path}.difference(last.values())
    inner = [info for info in backend.layers() if info.name in shown]
    columns = _columns(inner, paths)
    listed = [_input(backend)]
    for info, title in _titled(inner, paths, columns):
        kind: Kind = "conv" if info.is_spatial else "dense"
        listed.append(DiagramLayer(info.name, title, kind, info.output_shape, columns[info.name]))
    listed.sort(key=lambda layer: layer.column)
    end = listed[-1].column + 1
    for head in heads:
        shape = backend.heads()[head][-1:]
        listed.append(DiagramLayer(last[head], TITLES[head], "output", shape, end))
    return tuple(listed)


def left_out(backend: Backend) -> dict[str, str]:
    """Name the layers that no diagram can show, each with the reason."""
    found: dict[str, str] = {}
    for info in backend.layers():
        try:
            backend.layer(info.name)
        except ValueError as error:  # it has no activations of its own
            found[info.name] = str(error)
        if len(info.output_shape) not in {1, 3}:
            found[info.name] = f"its activations are neither units nor maps, but {info.output_shape}"
    return found


def _input(backend: Backend) -> DiagramLayer:
    shapes = backend.inputs()
    if len(shapes) != 1:
        message = f"the network takes {len(shapes)} inputs ({', '.join(shapes)}), expected one"
        raise ValueError(message)
    (shape,) = shapes.values()
    return DiagramLayer("", "Input", "input", tuple(shape), 0)


def _columns(inner: Sequence[LayerInfo], paths: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Place every layer behind all those that stand before it on the way to an output."""
    names = [info.name for info in inner]
    columns: dict[str, int] = {}
    for name in names:
        before = [
            columns[other]
            for path in paths.values()
            if name in path
            for other in path[: path.index(name)]
            if other in columns
        ]
        columns[name] = max(before, default=0) + 1
    return columns


def _titled(
    inner: Sequence[LayerInfo], paths: Mapping[str, Sequence[str]], columns: Mapping[str, int]
) -> Iterator[tuple[LayerInfo, str]]:
    """Number the convolutions and the dense layers of each way from left to right."""
    counts: dict[tuple[str, str], int] = {}
    for info in sorted(inner, key=lambda one: columns[one.name]):
        kind = "Conv" if info.is_spatial else "Dense"
        on = [head for head, path in paths.items() if info.name in path]
        whose = "" if len(on) == len(paths) else TITLES[on[0]]
        counts[whose, kind] = counts.get((whose, kind), 0) + 1
        number = counts[whose, kind]
        yield info, f"{whose} {kind.lower()} {number}" if whose else f"{kind} {number}"
