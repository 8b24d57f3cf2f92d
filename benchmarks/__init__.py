"""Measurements that say how fast the project is; see README.md."""

import os

# Threads of linear algebra would only wait, by spinning, as where `vakwerk` runs the models.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
