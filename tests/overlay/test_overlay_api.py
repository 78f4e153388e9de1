import inspect
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import rlviz_overlay


def test_all_lists_exactly_the_public_names():
    public = {
        name
        for name, value in vars(rlviz_overlay).items()
        if not name.startswith("_") and not inspect.ismodule(value)
    }
    assert public == set(rlviz_overlay.__all__)
    assert len(rlviz_overlay.__all__) == len(public)


def test_every_public_function_and_class_is_documented():
    assert [
        name
        for name in rlviz_overlay.__all__
        if callable(getattr(rlviz_overlay, name)) and not inspect.getdoc(getattr(rlviz_overlay, name))
    ] == []


def test_importing_loads_neither_a_framework_nor_matplotlib():
    heavy = ["torch", "keras", "tensorflow", "matplotlib", "pandas"]
    code = f"import sys, rlviz_overlay; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_example_of_the_readme_draws_a_frame():
    readme = Path(__file__).parents[2] / "packages/rlviz-overlay/README.md"
    (example,) = re.findall(r"```python\n(.*?)```", readme.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, Any] = {}
    exec(example, names)
    canvas = names["canvas"]
    assert canvas.shape == (630, 840, 3)
    assert (canvas == rlviz_overlay.DARK.accent).all(axis=2).sum() > 500
