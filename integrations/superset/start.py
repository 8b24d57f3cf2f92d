"""Prepare Superset in a folder, import the dashboard, and serve it on loopback.

What belongs here: the order of steps, and secrets that are made once. What does not: settings
(`superset_config.py`) and what is imported (`bundle.py`). Runs in Superset's own environment.
"""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path
from zipfile import ZipFile

from bundle import BundleError, duckdb_address, write_bundle

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent.parent
ADMINISTRATOR = "admin"


def main() -> None:
    """Take the settings from the environment, prepare, and become the server."""
    home = Path(os.environ.get("VAKWERK_HOME") or PROJECT / "data")
    folder = Path(os.environ.get("VAKWERK_SUPERSET_HOME") or PROJECT / "data" / "superset")
    port = os.environ.get("VAKWERK_SUPERSET_PORT") or "8088"
    marts = home / "published" / "marts.duckdb"
    uri = os.environ.get("VAKWERK_SUPERSET_MARTS") or duckdb_address(marts)

    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        write_bundle(marts, uri, folder / "bundle.zip")
    except BundleError as error:
        sys.exit(str(error))
    os.environ["VAKWERK_SUPERSET_HOME"] = str(folder.resolve())
    os.environ.setdefault("SUPERSET_SECRET_KEY", made_once(folder / "secret.key"))
    os.environ["SUPERSET_CONFIG_PATH"] = str(HERE / "superset_config.py")
    prepare(folder / "bundle.zip", made_once(folder / "admin.password"))

    print(
        f"Superset is on http://127.0.0.1:{port}; the password of {ADMINISTRATOR} is in {folder / 'admin.password'}.",
        flush=True,
    )
    # One process with threads: counters and caches are in its memory.
    gunicorn = Path(sys.executable).with_name("gunicorn")
    served = [
        "--bind",
        f"127.0.0.1:{port}",
        "--workers",
        "1",
        "--threads",
        "8",
        "--no-control-socket",
    ]
    os.execv(gunicorn, [str(gunicorn), *served, "superset.app:create_app()"])


def made_once(file: Path) -> str:
    """A secret that only the owner of the file may read, made when it is first asked for."""
    if not file.exists():
        with open(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as new:  # noqa: PTH123
            new.write(secrets.token_urlsafe(32))
    return file.read_text()


def prepare(bundle_file: Path, password: str) -> None:
    """Superset's own commands, in one process since each would import all of it again."""
    from flask.cli import ScriptInfo
    from superset import security_manager
    from superset.app import create_app
    from superset.cli.main import superset

    app = create_app()
    as_command = ScriptInfo(create_app=lambda: app)

    def command(*arguments: str) -> None:
        superset.main(args=list(arguments), obj=as_command, standalone_mode=False)

    command("db", "upgrade")
    with app.app_context():
        is_new = security_manager.find_user(ADMINISTRATOR) is None
    if is_new:
        user = ["--username", ADMINISTRATOR, "--password", password, "--email", "admin@localhost"]
        command(
            "fab", "create-admin", "--firstname", "Vakwerk", "--lastname", "Administrator", *user
        )
    command("init")
    with app.app_context():
        import_bundle(bundle_file)


def import_bundle(file: Path) -> None:
    """Bring database, datasets, charts and dashboard to what the bundle says; others stay."""
    from superset import security_manager
    from superset.commands.importers.v1.assets import ImportAssetsCommand
    from superset.commands.importers.v1.utils import get_contents_from_bundle
    from superset.utils.core import override_user

    with ZipFile(file) as bundle:
        contents = get_contents_from_bundle(bundle)
    with override_user(security_manager.find_user(ADMINISTRATOR)):
        ImportAssetsCommand(contents).run()


if __name__ == "__main__":
    main()
