import subprocess
import sys
from pathlib import Path


def test_a_missing_system_library_is_named_with_its_package(tmp_path: Path):
    (tmp_path / "cv2.py").write_text("raise ImportError('libGL.so.1: cannot open shared object file')")
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import rlviz_overlay"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    last = done.stderr.strip().splitlines()[-1]
    assert "libGL.so.1" in last
    assert "apt-get install libgl1" in last
