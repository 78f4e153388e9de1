"""The SIM_TRACE_LOG lines of a simulator log: rows of a simulation trace without names."""

import re
from collections import Counter

from deepracer_analyzer.logs.lines import Table, join_pairs, sort_rows
from deepracer_analyzer.logs.schema import SCHEMAS, WITHOUT_STATUS

TAG = "SIM_TRACE_LOG:"
"""What comes before a row; anything may come before it."""

SCHEMA = "SIM_TRACE_LOG"

_REST = re.compile(r'\\[nrt]|["\t\x1b]')
"""What may follow a row: escapes and quotes of a log in JSON, a tab, a terminal's colours."""

_BY_FIELDS = {len(names): names for names in (WITHOUT_STATUS, *SCHEMAS.values())}


def sim_trace_table(text: str, source: str) -> Table:
    """The rows in a simulator log; which columns they have is told by the number of their fields.

    Raises:
        ValueError: No row has as many fields as any known table.
    """
    parts = text.split("\n")
    lines = [
        (number, _REST.split(join_pairs(row), maxsplit=1)[0].strip())
        for number, line in enumerate(parts, 1)
        if TAG in line
        for row in line.split(TAG)[1:]
    ]
    counts = Counter(row.count(",") + 1 for _, row in lines)
    known = [fields for fields, _ in counts.most_common() if fields in _BY_FIELDS]
    if not known:
        found = ", ".join(str(fields) for fields in sorted(counts)[:4])
        expected = ", ".join(str(fields) for fields in sorted(_BY_FIELDS))
        msg = f"{source}: its {TAG} lines have {found} fields; expected one of {expected}"
        raise ValueError(msg)
    ended = text.endswith("\n") or TAG not in parts[-1]
    return sort_rows(lines, _BY_FIELDS[known[0]], ended=ended)
