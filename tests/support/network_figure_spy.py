"""What a figure was drawn from: a sheet's tiles and words, caught on the way to their pixels."""

from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import pytest
from rlviz_overlay import ColorBar, Limits, Tile


@dataclass(frozen=True)
class Drawn:
    """One sheet, or one picture with its heading.

    Attributes:
        body: tiles in order, or the picture.
        title: above it.
        notes: below the title.
        key: what the colours mean.
        warnings: what is left out.
    """

    body: Any
    title: str
    notes: tuple[str, ...]
    key: ColorBar | None
    warnings: tuple[str, ...]

    @property
    def tiles(self) -> Sequence[Tile]:
        return self.body

    @property
    def words(self) -> str:
        return "\n".join((*self.notes, *self.warnings))

    @property
    def limits(self) -> Limits:
        assert self.key is not None
        return self.key.limits


def spy_on_sheets(monkeypatch: pytest.MonkeyPatch, module: ModuleType) -> list[Drawn]:
    """Let a module's calls of `sheet` and `headed` be seen; they draw as before."""
    seen: list[Drawn] = []

    def watched(draw):
        def drawn(body, title, notes=(), *, key=None, warnings=(), **more):
            seen.append(Drawn(body, title, tuple(notes), key, tuple(warnings)))
            return draw(body, title, notes, key=key, warnings=warnings, **more)

        return drawn

    for name in ("sheet", "headed"):
        if hasattr(module, name):
            monkeypatch.setattr(module, name, watched(getattr(module, name)))
    return seen
