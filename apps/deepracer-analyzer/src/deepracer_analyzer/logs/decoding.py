"""From a file's bytes to its text, whatever wrote it; and what is said of bytes that are no log."""

from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from dataclasses import dataclass

_KNOWN_BYTES = (
    (b"PK\x03\x04", "a zip archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"%PDF", "a PDF"),
    (b"\x93NUMPY", "a NumPy array"),
    (b"\x89HDF", "an HDF5 file"),
    (b"<", "HTML or XML"),
    (b"{", "JSON"),
)

_PEEK = 4096


@dataclass(frozen=True, slots=True)
class Text:
    """A file's text.

    Attributes:
        text: Lines end with a line feed alone.
        problems: What had to be mended, one line each.
    """

    text: str
    problems: tuple[str, ...]


def decode(data: bytes, source: str) -> Text:
    """A file's text: UTF-8, UTF-16 with its mark, or Windows-1252.

    Args:
        data: The file's bytes.
        source: Its name, for messages.

    Raises:
        ValueError: It is empty, or no text.
    """
    if not data.strip(b"\0 \t\r\n"):
        msg = f"{source}: the file is empty; expected a simulation trace (CSV) or a simulator log"
        raise ValueError(msg)
    problems: list[str] = []
    text = _text(data, source, problems)
    if "\0" in text:
        problems.append(f"{text.count(chr(0)):,} NUL bytes were left out; the file is damaged")
        text = text.replace("\0", "")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return Text(text, tuple(problems))


def _text(data: bytes, source: str, problems: list[str]) -> str:
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        problems.append("the file is UTF-16; expected UTF-8")
        return data.decode("utf-16", errors="replace")
    if data.startswith(BOM_UTF8):
        problems.append("a byte order mark at the start was left out")
        data = data.removeprefix(BOM_UTF8)
    if _is_binary(data):
        raise no_log(data, source)
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        problems.append(f"line {line} is not UTF-8; the file was read as Windows-1252")
        return data.decode("cp1252", errors="replace")


def _is_binary(data: bytes) -> bool:
    """Whether this is no text: a known mark, or many control bytes (NUL alone may be a hole in a log)."""
    head = data[:_PEEK].lstrip(b"\0")
    if any(head.startswith(mark) for mark, _ in _KNOWN_BYTES[:-2]):
        return True
    control = sum(byte < 32 and byte not in b"\0\t\n\v\f\r\x1b" for byte in head)
    return data[4:8] == b"ftyp" or control > len(head) / 20


def no_log(data: bytes, source: str) -> ValueError:
    """The error that says that this is no log, and what it seems to be."""
    head = data[:_PEEK].lstrip(b"\0\xef\xbb\xbf \t\r\n")
    kind = next((name for mark, name in _KNOWN_BYTES if head.startswith(mark)), None)
    if data[4:8] == b"ftyp":
        kind = "an MP4 video"
    if kind is None:
        first = head.split(b"\n", 1)[0][:60].decode("utf-8", errors="replace").strip()
        kind = f"something else; it starts with {first!r}"
    msg = (
        f"{source}: not a log but {kind}; expected a CSV that starts with 'episode,steps,X,Y,yaw,...', "
        "or a simulator log with SIM_TRACE_LOG lines"
    )
    return ValueError(msg)
