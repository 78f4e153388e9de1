"""The original tool's script name: `python better_fix_gradcam.py --frames_dir ... --output_path ...`."""

import sys

from donkey_gradcam.__main__ import main

if __name__ == "__main__":
    raise SystemExit(main(["fix", *sys.argv[1:]]))
