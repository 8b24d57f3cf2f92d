"""A copy of the project's code to change, with a program that runs it.

What belongs here: making the copy. What does not: what is changed in it, and the warehouse it runs on.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from orchestration.settings import PROJECT

CODE = ("dbt_project", "expectations", "orchestration", "requirements.lock")
NOT_CODE = shutil.ignore_patterns("__pycache__", "target", "logs")

# dbt is a process of its own and has to find the same code.
PROGRAM = """\
#!{python}
import os
os.environ["PYTHONPATH"] = {folder!r}
from orchestration.cli import main
main()
"""


def copy_code(folder: Path) -> Path:
    """Copy what makes a publication to `folder`; gives the program `vakwerk` that runs the copy."""
    folder.mkdir(parents=True)
    for name in CODE:
        if (PROJECT / name).is_dir():
            shutil.copytree(PROJECT / name, folder / name, ignore=NOT_CODE)
        else:
            shutil.copyfile(PROJECT / name, folder / name)
    program = folder / "vakwerk"
    program.write_text(PROGRAM.format(python=sys.executable, folder=str(folder)), encoding="utf-8")
    program.chmod(0o755)
    return program
