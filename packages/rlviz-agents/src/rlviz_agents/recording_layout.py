"""How the arrays of a step lie in the columns of an Arrow table; pyarrow is imported when one is made."""

import importlib
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rlviz_agents.saved_spaces import NUMBER_TYPES
from rlviz_agents.steps import FinalState, Step

# pyarrow has no type information.
Schema = Any
Batch = Any
Column = Any
DataType = Any

_VERSION = 2
"""Version 1 knew no other observations than uint8, and did not say so."""


def arrow() -> Any:  # noqa: ANN401 (pyarrow has no type information)
    """Import pyarrow, which takes a while, when it is needed."""
    return importlib.import_module("pyarrow")


@dataclass(frozen=True, slots=True)
class Layout:
    """Shapes and types of what a recording holds as bytes.

    Attributes:
        observations: (E, C, H, W) or (E, k) of one step; (E, 0) when no step was ever written.
        frame: (H', W', 3).
        rams: (E, M), or None where there is no console memory.
        observation_type: name of the observations' type.
    """

    observations: tuple[int, ...]
    frame: tuple[int, ...]
    rams: tuple[int, ...] | None
    observation_type: str = "uint8"

    def __post_init__(self) -> None:
        if self.observation_type not in NUMBER_TYPES:
            known = ", ".join(NUMBER_TYPES)
            message = f"observations of type {self.observation_type} cannot be kept; expected one of {known}"
            raise ValueError(message)

    @classmethod
    def of(cls, step: Step | FinalState) -> "Layout":
        """Read the layout off a step, or off the final state of a run without steps."""
        rams = None if step.rams is None else step.rams.shape
        if isinstance(step, FinalState):
            return cls((len(step.scores), 0), step.frame.shape, rams)
        return cls(step.observations.shape, step.frame.shape, rams, step.observations.dtype.name)

    def to_json(self) -> bytes:
        """The layout as it stands in the file's metadata."""
        return json.dumps({"version": _VERSION, **asdict(self)}, sort_keys=True).encode()

    @classmethod
    def from_json(cls, text: bytes) -> "Layout":
        """Read `to_json` back.

        Raises:
            ValueError: it was written by a later version, or is damaged.
        """
        try:
            shapes: dict[str, Any] = json.loads(text)
            version = shapes.pop("version")
            kind = shapes.pop("observation_type", "uint8")
            lists: dict[str, Any] = {name: shape and tuple(shape) for name, shape in shapes.items()}
            layout = cls(**lists, observation_type=kind)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            message = f"the layout {text[:200]!r} is not one of rlviz ({error}); record the run again"
            raise ValueError(message) from error
        if version not in (1, _VERSION):
            message = (
                f"layout version {version!r} cannot be read, expected at most {_VERSION}; use the rlviz that "
                "wrote it"
            )
            raise ValueError(message)
        return layout

    def schema(self) -> Schema:
        """The table's columns. A row of a final state has no values in those that describe a step."""
        pa = arrow()
        n_envs = self.observations[0]
        columns = {
            "step": pa.int64(),
            "observations": pa.binary(math.prod(self.observations) * self._type("observations").itemsize),
            "actions": pa.list_(pa.int64(), n_envs),
            "chosen": pa.string(),
            "rewards": pa.list_(pa.float32(), n_envs),
            "unclipped_rewards": pa.list_(pa.float64(), n_envs),
            "scores": pa.list_(pa.float64(), n_envs),
            "lives": pa.list_(pa.int64(), n_envs),
            "dones": pa.list_(pa.bool_(), n_envs),
            "frame": pa.binary(math.prod(self.frame)),
        }
        if self.rams is not None:
            columns["rams"] = pa.binary(math.prod(self.rams))
        return pa.schema(list(columns.items()))

    def batch(self, steps: Sequence[Step]) -> Batch:
        """Make a batch of steps.

        Raises:
            ValueError: a step has other shapes than the first one.
        """
        pa = arrow()
        if any(Layout.of(step) != self for step in steps):
            message = (
                f"steps of different shapes cannot stand in one recording, expected {self}; write two files"
            )
            raise ValueError(message)
        values: dict[str, Any] = {
            "step": np.array([step.index for step in steps]),
            "observations": np.stack([step.observations for step in steps]).astype(
                self._type("observations"), copy=False
            ),
            "actions": np.stack([step.actions for step in steps]),
            "chosen": [step.chosen for step in steps],
            "rewards": np.stack([step.rewards for step in steps]),
            "unclipped_rewards": np.stack([step.unclipped_rewards for step in steps]),
            "scores": np.stack([step.scores for step in steps]),
            "lives": np.stack([step.lives_left for step in steps]),
            "dones": np.stack([step.dones for step in steps]),
            "frame": np.stack([step.frame for step in steps]),
        }
        if self.rams is not None:
            values["rams"] = np.stack([step.rams for step in steps if step.rams is not None])
        schema = self.schema()
        return pa.record_batch([_column(field.type, values[field.name]) for field in schema], schema=schema)

    def final_batch(self, final: FinalState) -> Batch:
        """Make the one row of a final state."""
        pa = arrow()
        values = {"scores": final.scores, "lives": final.lives_left, "frame": final.frame, "rams": final.rams}
        schema = self.schema()
        columns = [
            pa.nulls(1, field.type)
            if values.get(field.name) is None
            else _column(field.type, np.asarray(values[field.name])[None])
            for field in schema
        ]
        return pa.record_batch(columns, schema=schema)

    def rows(self, batch: Batch) -> Iterator[Step | FinalState]:
        """Turn a batch back into steps; their arrays are read-only views of the batch."""
        column = {name: batch.column(name) for name in batch.schema.names}
        arrays = {
            name: _array(column[name], self._shape(name), self._type(name))
            for name in column
            if name != "chosen"
        }
        chosen = column["chosen"].to_pylist()
        for row in range(batch.num_rows):
            rams = arrays["rams"][row] if self.rams is not None else None
            frame, scores, lives = (arrays[name][row] for name in ("frame", "scores", "lives"))
            if chosen[row] is None:
                yield FinalState(frame, scores, lives, rams)
                continue
            yield Step(
                index=int(arrays["step"][row]),
                observations=arrays["observations"][row],
                actions=arrays["actions"][row],
                chosen=chosen[row],
                rewards=arrays["rewards"][row],
                unclipped_rewards=arrays["unclipped_rewards"][row],
                scores=scores,
                lives_left=lives,
                dones=arrays["dones"][row],
                frame=frame,
                rams=rams,
            )

    def _shape(self, name: str) -> tuple[int, ...]:
        """Shape of one row of a column."""
        shapes = {"step": (), "observations": self.observations, "frame": self.frame, "rams": self.rams}
        shape = shapes.get(name, self.observations[:1])
        return () if shape is None else shape

    def _type(self, name: str) -> np.dtype[Any]:
        """Type of what a column holds as bytes; numbers of several bytes are little-endian."""
        return np.dtype(self.observation_type if name == "observations" else "uint8").newbyteorder("<")


def _column(kind: DataType, values: Any) -> Column:  # noqa: ANN401
    """An Arrow column from rows (n, ...), without a copy."""
    pa = arrow()
    if pa.types.is_fixed_size_binary(kind):
        buffer = pa.py_buffer(np.ascontiguousarray(values))
        return pa.Array.from_buffers(kind, len(values), [None, buffer])
    if pa.types.is_fixed_size_list(kind):
        return pa.FixedSizeListArray.from_arrays(pa.array(values.reshape(-1), kind.value_type), type=kind)
    return pa.array(values, kind)


def _array(column: Column, shape: tuple[int, ...], kind: np.dtype[Any]) -> NDArray[Any]:
    """Rows (n, *shape) from an Arrow column, in which rows without value hold anything.

    Args:
        column: the column.
        shape: of one row.
        kind: type of what a column of bytes holds.
    """
    pa = arrow()
    rows = len(column)
    if pa.types.is_fixed_size_binary(column.type):
        content = np.frombuffer(column.buffers()[1], kind, rows * math.prod(shape))
        return content.reshape(rows, *shape)
    values = column.values if pa.types.is_fixed_size_list(column.type) else column.fill_null(-1)
    values = values.fill_null(pa.scalar(0, pa.int64()).cast(values.type)) if values.null_count else values
    array = values.to_numpy(zero_copy_only=False).reshape(rows, *shape)
    array.flags.writeable = False
    return array
