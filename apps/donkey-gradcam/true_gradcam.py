"""The original tool's script name: `python true_gradcam.py --model_path ... --data_path ...`."""

import sys

from donkey_gradcam.__main__ import main

if __name__ == "__main__":
    raise SystemExit(main(["video", *sys.argv[1:]]))
