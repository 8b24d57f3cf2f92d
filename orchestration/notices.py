"""Notices: telling somebody outside that a delivery was refused or a run failed.

What belongs here: the ways out, which the environment configures, and what a notice of a refusal
says. What does not: reading what a run did (`failed_runs`). A notice is made of file names, waves,
kinds of problems with their counts, names of checks and steps: never of an answer, a respondent's
id, or the words of an exception. One that cannot be sent is logged and fails nothing.
"""

from __future__ import annotations

import json
import logging
import os
import smtplib
import ssl
import urllib.request
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import SplitResult, unquote, urlsplit

from orchestration.codebook import Codebook
from orchestration.deliveries.errors import DeliveryRefused
from orchestration.errors import VakwerkError
from orchestration.secret_settings import secret
from orchestration.settings import Settings

TIMEOUT_SECONDS = 10.0
THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}

log = logging.getLogger("vakwerk.notices")


class NoticeError(VakwerkError):
    """A notice is configured in a way that cannot work; the message quotes no address or password."""


@dataclass(frozen=True)
class Notice:
    """What somebody is told; both parts may be read by anybody."""

    subject: str
    text: str


def refusal_notice(refusal: DeliveryRefused) -> Notice:
    """What is told of a refused delivery: its name and wave, kinds of problems, and where to look."""
    report = refusal.report
    counts = Counter[str]()
    for problem in report.problems:
        counts[f"{problem.kind.replace('_', ' ')} ({problem.severity})"] += problem.count
    lines = [
        f"The delivery {report.file_name} was refused; nothing of it was loaded.",
        f"Wave: {report.wave_id or 'unknown'}",
        *(f"- {kind}: {count}" for kind, count in counts.items()),
        f"The file and its whole report are in {refusal.folder}.",
    ]
    return Notice(f"Delivery refused: {report.file_name}", "\n".join(lines))


def held_notice(wave_id: str, reason: str) -> Notice:
    """What is told of a correction that is held back: why, and what to do."""
    text = f"{reason}.\nIt waits until `vakwerk release {wave_id}`; readers keep what they have."
    return Notice(f"Correction of wave {wave_id} held back", text)


def send(settings: Settings, notice: Notice, environment: Mapping[str, str] = os.environ) -> None:
    """Send a notice to what the environment names: a webhook, a mail server, both, or nobody.

    `VAKWERK_WEBHOOK_URL` is posted JSON; mail goes by `VAKWERK_SMTP_URL`, from `VAKWERK_MAIL_FROM`
    to `VAKWERK_MAIL_TO` (addresses with commas between). Either URL may lie in a file, which the
    same name with `_FILE` names. Raises nothing: what goes wrong is logged by its kind.
    """
    ways: dict[str, Callable[[Settings, Notice, str, Mapping[str, str]], None]] = {
        "VAKWERK_WEBHOOK_URL": _post,
        "VAKWERK_SMTP_URL": _mail,
    }
    for name, way in ways.items():
        try:
            url = secret(name, environment)
            if url:
                way(settings, notice, url, environment)
        except NoticeError as error:
            log.error("The notice %r was not sent: %s", notice.subject, error)
        # What any of these say may hold the address, which may hold a secret.
        except (OSError, ValueError, smtplib.SMTPException) as error:
            log.error(
                "The notice %r could not be sent by %s: %s",
                notice.subject,
                name,
                type(error).__name__,
            )


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirected post would become a request without the notice, and seem to have been sent."""

    def redirect_request(self, *_: object) -> None:
        return None


def _post(settings: Settings, notice: Notice, url: str, _: Mapping[str, str]) -> None:
    if urlsplit(url).scheme not in ("http", "https"):
        raise NoticeError("VAKWERK_WEBHOOK_URL must begin with https:// or http://.")
    # Chat services show `text`, and leave alone what they do not know.
    body = {
        "text": f"{notice.subject}\n{notice.text}",
        "subject": notice.subject,
        "survey": _survey(settings),
    }
    request = urllib.request.Request(
        url,
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json", "User-Agent": "vakwerk"},
        method="POST",
    )
    with urllib.request.build_opener(_NoRedirect).open(request, timeout=TIMEOUT_SECONDS):
        pass


def _mail(settings: Settings, notice: Notice, url: str, environment: Mapping[str, str]) -> None:
    sender, receivers = environment.get("VAKWERK_MAIL_FROM"), environment.get("VAKWERK_MAIL_TO")
    if not (sender and receivers):
        raise NoticeError("set VAKWERK_MAIL_FROM and VAKWERK_MAIL_TO beside VAKWERK_SMTP_URL.")
    message = EmailMessage()
    # A file's name may hold a line break, which would begin another header.
    message["Subject"] = " ".join(f"[{_survey(settings)}] {notice.subject}".split())
    message["From"] = sender
    message["To"] = receivers
    message.set_content(notice.text + "\n")
    with _server(urlsplit(url)) as server:
        server.send_message(message)


def _server(address: SplitResult) -> smtplib.SMTP:
    """The mail server, encrypted where it can be; a password goes over the network no other way."""
    if address.scheme not in ("smtp", "smtps") or not address.hostname:
        raise NoticeError("VAKWERK_SMTP_URL must be smtp://host:port or smtps://host:port.")
    host, context = address.hostname, ssl.create_default_context()
    server: smtplib.SMTP
    if address.scheme == "smtps":
        server = smtplib.SMTP_SSL(
            host, address.port or 465, timeout=TIMEOUT_SECONDS, context=context
        )
        encrypted = True
    else:
        server = smtplib.SMTP(host, address.port or 587, timeout=TIMEOUT_SECONDS)
        server.ehlo()
        encrypted = server.has_extn("starttls")
        if encrypted:
            server.starttls(context=context)
    if address.username:
        if not (encrypted or host in THIS_MACHINE):
            server.close()
            raise NoticeError("the mail server offers no encryption, so the password is kept back.")
        server.login(unquote(address.username), unquote(address.password or ""))
    return server


def _survey(settings: Settings) -> str:
    return Codebook(settings.codebook).survey["survey_id"]
