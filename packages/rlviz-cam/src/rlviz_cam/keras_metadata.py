"""The layers that Keras 2 writes beside a SavedModel's graph, read without TensorFlow.

``keras_metadata.pb`` is a SavedMetadata (tf_keras/protobuf/saved_metadata.proto): ``repeated SavedObject
nodes = 1``, with ``string node_path = 3`` and ``string metadata = 5``, which is JSON. For two strings, the
wire format (protobuf.dev, "Encoding") is read here.
"""

from collections.abc import Iterator

_NODES = 1
_NODE_PATH = 3
_METADATA = 5
_FIXED_SIZES = {1: 8, 5: 4}


def root_metadata(content: bytes) -> str | None:
    """Return the JSON that describes the whole model, or ``None`` when there is none.

    Raises:
        ValueError: The content is no protobuf message, or is cut short.
    """
    for number, value in _fields(content):
        if number == _NODES:
            node = dict(_fields(value))
            if node.get(_NODE_PATH) == b"root":
                return node.get(_METADATA, b"").decode("utf-8", "replace")
    return None


def _fields(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Walk the fields of a message; those that are numbers are passed over."""
    at = 0
    while at < len(content):
        tag, at = _number(content, at)
        kind = tag & 7
        if kind == 0:
            _, at = _number(content, at)
            continue
        if kind == 2:
            size, at = _number(content, at)
        else:
            size = _FIXED_SIZES.get(kind, len(content) + 1)
        if at + size > len(content):
            message = f"a field of kind {kind} at byte {at} goes past the end"
            raise ValueError(message)
        if kind == 2:
            yield tag >> 3, content[at : at + size]
        at += size


def _number(content: bytes, at: int) -> tuple[int, int]:
    """Read a varint; return it and where the next byte is."""
    value = 0
    for place, byte in enumerate(content[at : at + 10]):
        value |= (byte & 0x7F) << 7 * place
        if byte < 0x80:
            return value, at + place + 1
    message = f"no end of the number at byte {at}"
    raise ValueError(message)
