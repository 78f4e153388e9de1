"""The original script's name: `python test_gradcam_reproducibility.py --seed 42 --n-steps 200 --algo dqn`.

With `--create-minimal` it writes `test_minimal_reproducibility.py` into the current folder: the same, to run
without arguments.
"""

import sys

from breakout_gradcam.minimal import main

if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
