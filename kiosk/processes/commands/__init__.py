"""The commands of ``main.py``, one module each: ``add`` tells argparse, ``run`` does it."""
