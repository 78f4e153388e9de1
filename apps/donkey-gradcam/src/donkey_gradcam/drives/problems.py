"""What was wrong with a drive and could be put up with: counted, with the first few examples of each kind."""

from typing import Any

KINDS = {
    "missing": "picture missing, the one before is held",
    "truncated": "picture truncated, the one before is held",
    "unreadable": "not a picture that can be read, the one before is held",
    "odd-sized": "picture of another size than the first, resized",
    "duplicate": "the same picture as the record before",
    "skipped": "no good picture yet, skipped",
    "cut": "record cut off at the end of the drive, left out",
}
"""Each kind of problem, and what was done about it."""

_EXAMPLES = 3


class Problems:
    """Counts problems by kind; holds a few examples, however many there are."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._examples: dict[str, list[str]] = {}

    def add(self, kind: str, example: str) -> None:
        """Count one problem.

        Args:
            kind: one of KINDS.
            example: which record or file, and what is wrong with it.

        Raises:
            ValueError: `kind` is none of KINDS.
        """
        if kind not in KINDS:
            msg = f"no kind of problem {kind!r}; choose one of: {', '.join(KINDS)}"
            raise ValueError(msg)
        self._counts[kind] = self._counts.get(kind, 0) + 1
        examples = self._examples.setdefault(kind, [])
        if len(examples) < _EXAMPLES:
            examples.append(example)

    def count(self, kind: str) -> int:
        """How many problems of this kind there are."""
        return self._counts.get(kind, 0)

    def __bool__(self) -> bool:
        return bool(self._counts)

    def lines(self) -> tuple[str, ...]:
        """One line for each kind that occurred, for a person."""
        return tuple(
            f"{count} x {KINDS[kind]}: {'; '.join(self._examples[kind])}"
            + ("; ..." if count > len(self._examples[kind]) else "")
            for kind, count in self._counts.items()
        )

    def summary(self) -> dict[str, dict[str, Any]]:
        """Kind -> `count` and `examples`, for the manifest."""
        return {
            kind: {"count": count, "examples": list(self._examples[kind])}
            for kind, count in self._counts.items()
        }
