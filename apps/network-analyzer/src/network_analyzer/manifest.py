"""How a figure was made, beside it."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from rlviz_video import library_versions, manifest_path, sha256_file, write_manifest

from network_analyzer.opened import Opened

_LIBRARIES = (
    "network-analyzer",
    "rlviz-cam",
    "rlviz-overlay",
    "numpy",
    "torch",
    "tensorflow",
    "opencv-python",
)


def model_digest(opened: Opened) -> str:
    """SHA-256 of the network: of its file, else of the numbers that it holds.

    A folder's is that of its files' names and bytes, sorted by name.
    """
    source = opened.source
    if source is None:
        return opened.backend.digest()
    if source.is_file():
        return sha256_file(source)
    digest = hashlib.sha256()
    for path in sorted(one for one in source.rglob("*") if one.is_file()):
        digest.update(f"{path.relative_to(source).as_posix()} {sha256_file(path)}\n".encode())
    return digest.hexdigest()


def write_figure_manifest(
    figure: Path, opened: Opened, digest: str, facts: Mapping[str, object], *, force: bool = False
) -> Path:
    """Write `<figure>.manifest.json`.

    Args:
        figure: The file that it is about.
        opened: The network.
        digest: Of the network.
        facts: What the figure shows.
        force: Replace one that exists.

    Returns:
        Where it is.
    """
    path = manifest_path(figure)
    content = {
        "tool": "network-analyzer",
        "versions": library_versions(*_LIBRARIES),
        "network": opened.name,
        "model": opened.source,
        "model_sha256": digest,
        "preprocessing": opened.preprocessing.describe(),
        "preprocessing_stated_by": opened.stated_by,
        "inputs": _inputs(opened),
        "figure": figure.name,
        **facts,
    }
    write_manifest(path, content, force=force)
    return path


def _inputs(opened: Opened) -> Mapping[str, object] | None:
    """Each input's shape; None where nobody told a PyTorch module its own, which weights do not need."""
    try:
        return {name: list(shape) for name, shape in opened.backend.inputs().items()}
    except ValueError:
        return None
