"""A network, opened, with what is known of its inputs."""

from dataclasses import dataclass
from pathlib import Path

from rlviz_cam import Backend, Preprocessing


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """A network that can be looked into.

    Attributes:
        backend: The network.
        name: What it is called on figures and in file names, such as `vgg16` or `pilot`.
        preprocessing: How levels of 0 to 255 become what it takes.
        stated_by: Who says so, for people: `given`, `the agent's own`, `the model rescales itself, in layer
            'rescaling'`, or `the default; preprocessing= changes it`.
        source: The file or folder that it was read from, if any.
    """

    backend: Backend
    name: str
    preprocessing: Preprocessing
    stated_by: str
    source: Path | None = None

    def inputs_are(self) -> str:
        """Say how pictures become inputs, and who says so."""
        return f"{self.preprocessing.describe()}; {self.stated_by}"
