"""How Superset is set: its own metadata in a folder, nothing from outside, the marts read-only.

What belongs here: settings of Superset. What does not: the database, datasets and charts, which are
in `assets/`, and how it is started, which is `start.py`. Superset reads this file at every start
(`SUPERSET_CONFIG_PATH`) and takes each name in capitals.
"""

from __future__ import annotations

import os
from pathlib import Path

SUPERSET_FOLDER = Path(os.environ["VAKWERK_SUPERSET_HOME"])
SECRET_KEY = os.environ["SUPERSET_SECRET_KEY"]
SQLALCHEMY_DATABASE_URI = f"sqlite:///{SUPERSET_FOLDER / 'superset.db'}?check_same_thread=false"

APP_NAME = "Vakwerk"
LANGUAGES = {"en": {"flag": "us", "name": "English"}, "nl": {"flag": "nl", "name": "Nederlands"}}

# All that a browser may ask for comes from this server: no fonts, map tiles or pixels of others.
TALISMAN_CONFIG = {
    "content_security_policy": {
        "default-src": ["'self'"],
        "base-uri": ["'self'"],
        "img-src": ["'self'", "blob:", "data:"],
        "worker-src": ["'self'", "blob:"],
        "connect-src": ["'self'"],
        "object-src": "'none'",
        "style-src": ["'self'", "'unsafe-inline'"],
        "script-src": ["'self'", "'strict-dynamic'"],
    },
    "content_security_policy_nonce_in": ["script-src"],
    "force_https": False,
    "session_cookie_secure": False,
}

# Whoever scrolls sees every chart, and a printed page is whole.
FEATURE_FLAGS = {"DASHBOARD_VIRTUALIZATION": False}

# Counted in the memory of the one process that serves.
RATELIMIT_STORAGE_URI = "memory://"

# A new publication is seen by the next query: each opens the file anew (Superset's default), and no
# answer is kept.
DATA_CACHE_CONFIG = {"CACHE_TYPE": "NullCache"}
