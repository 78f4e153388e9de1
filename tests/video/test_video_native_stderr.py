"""Facts about what native code says on stderr while a framework is loaded."""

import subprocess
import sys

import pytest

pytest.importorskip("click")

HELD = """
import os, sys
from rlviz_video.command import native_stderr_held
with native_stderr_held():
    os.write(2, b"a greeting\\n")
    {inside}
os.write(2, b"afterwards\\n")
"""


def stderr_of(inside):
    command = [sys.executable, "-c", HELD.format(inside=inside)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stderr


def test_a_greeting_is_held_back():
    assert stderr_of("pass") == "afterwards\n"


def test_an_expected_error_is_told_without_the_greeting():
    assert "a greeting" not in stderr_of("raise ValueError('no model')")


def test_an_unexpected_error_lets_everything_through():
    assert stderr_of("import no_such_module").startswith("a greeting\nTraceback")


def test_a_crash_in_native_code_says_where():
    assert "Fatal Python error: Aborted" in stderr_of("os.abort()")
