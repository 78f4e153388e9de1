"""The keys and what each changes: the one table that window, help menu and documents read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from deepracer_analyzer.simulation.state import State

Command = Callable[[State], State]
"""What a key does: a new state from the one before."""

MAX_FRAME_RATE = 100
ATTENUATIONS = (1.0, 1.2)
GAUSSIAN_SIZES = (30, 100)
COLORMAP_COUNT = 22


@dataclass(frozen=True, slots=True)
class Key:
    """A line of the help menu.

    Attributes:
        name: The keys, as written in the menu.
        meaning: What they do.
        commands: For each key, in lower case, what it does.
    """

    name: str
    meaning: str
    commands: Mapping[str, Command]


def _quit(state: State) -> State:
    return replace(state, quit=True)


def _pause(state: State) -> State:
    return replace(state, pause=not state.pause)


def _help(state: State) -> State:
    shown = not state.view.help
    return replace(state.showing(help=shown), pause=shown)


def _toggle(name: str) -> Command:
    return lambda state: state.showing(**{name: not getattr(state.view, name)})


def _change_rate(by: int) -> Command:
    return lambda state: state.showing(frame_rate=min(max(state.view.frame_rate + by, 1), MAX_FRAME_RATE))


def _jump(tenth: int) -> Command:
    return lambda state: state.at(state.frames * tenth // 10)


def _step(by: int) -> Command:
    return lambda state: replace(state.at(state.frame_number + by), pause=True)


def _change_attenuation(by: float) -> Command:
    low, high = ATTENUATIONS
    return lambda state: state.showing(attenuation=min(max(round(state.view.attenuation + by, 2), low), high))


def _change_gaussian(by: int) -> Command:
    low, high = GAUSSIAN_SIZES
    return lambda state: state.showing(gaussian_size=min(max(state.view.gaussian_size + by, low), high))


def _change_colormap(by: int) -> Command:
    return lambda state: state.showing(colormap=min(max(state.view.colormap + by, 0), COLORMAP_COUNT - 1))


def _clear(state: State) -> State:
    return state.showing(cleared=state.frame_number)


def _record(state: State) -> State:
    return replace(state, recording=not state.recording)


KEYS: tuple[Key, ...] = (
    Key("Q", "quit", {"q": _quit}),
    Key("P", "pause / resume", {"p": _pause}),
    Key("H", "help menu", {"h": _help}),
    Key("N / M", "decrease / increase FPS", {"n": _change_rate(-1), "m": _change_rate(1)}),
    Key("A", "overlay action space", {"a": _toggle("action_space")}),
    Key("S", "overlay action space heatmap", {"s": _toggle("heatmap")}),
    Key("0-9", "jump to point in simulation", {str(tenth): _jump(tenth) for tenth in range(10)}),
    Key(", / .", "go back / advance one frame, and pause", {",": _step(-1), ".": _step(1)}),
    Key(
        "Z / X",
        "decrease / increase heatmap attenuation factor",
        {"z": _change_attenuation(-0.01), "x": _change_attenuation(0.01)},
    ),
    Key(
        "V / B",
        "decrease / increase heatmap gaussian size",
        {"v": _change_gaussian(-5), "b": _change_gaussian(5)},
    ),
    Key("F / G", "previous / next colormap", {"f": _change_colormap(-1), "g": _change_colormap(1)}),
    Key("C", "clear heatmap", {"c": _clear}),
    Key("T", "toggle text notes", {"t": _toggle("annotations")}),
    Key("R", "record simulation", {"r": _record}),
)
"""Every key, in the order of the help menu."""

COMMANDS: Mapping[str, Command] = {
    pressed: command for key in KEYS for pressed, command in key.commands.items()
}
"""What each key does, by the key in lower case."""


def press(state: State, key: str) -> State:
    """The state after a key; a key that means nothing changes nothing.

    Args:
        state: Before.
        key: One character, upper or lower case.
    """
    command = COMMANDS.get(key.lower())
    return state if command is None else command(state)
