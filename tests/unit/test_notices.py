"""Notices reach whom the settings name, say what happened, and give nothing away."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from orchestration.deliveries.errors import DeliveryRefused
from orchestration.deliveries.report import Cell, Kind, Problem, Report, Severity, ValueCount
from orchestration.notices import Notice, refusal_notice, send
from orchestration.refresh import take_in
from orchestration.settings import Settings
from tests.builders import good_table, settings_for, write_delivery
from tests.receivers import mail_server, webhook

NOTICE = Notice("Run failed: wave 2022", "- stopped at: publishing")
ANSWER, RESPONDENT, SECRET = "zeldzaam antwoord", "respondent-4711", "s3cr3t-hook"
MAIL = {
    "VAKWERK_MAIL_FROM": "vakwerk@example.org",
    "VAKWERK_MAIL_TO": "a@example.org, b@example.org",
}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_for(tmp_path)


def refusal() -> DeliveryRefused:
    """A refused delivery whose report quotes an answer and a respondent."""
    problems = (
        Problem(
            Kind.OUTSIDE_SCALE,
            f"Answers are no code: {ANSWER}.",
            f"Ask what {ANSWER} means.",
            column="v1",
            count=3,
            first_rows=(Cell(2, ANSWER),),
            values=(ValueCount(ANSWER, 3),),
            distinct_values=1,
        ),
        Problem(Kind.OUTSIDE_SCALE, ANSWER, "", column="v2", count=2),
        Problem(
            Kind.DOUBLED_RESPONDENT_ID, RESPONDENT, "", values=(ValueCount(RESPONDENT, 2),), count=2
        ),
        Problem(Kind.UNKNOWN_COLUMN, "", "", severity=Severity.WARN),
    )
    report = Report("wave_2022.csv", "2022", "ab" * 32, problems=problems)
    return DeliveryRefused(report, Path("home", "rejected", "1"))


def test_a_webhook_is_posted_what_chat_services_show(settings: Settings) -> None:
    with webhook() as (url, posts):
        send(settings, NOTICE, {"VAKWERK_WEBHOOK_URL": url})

    assert posts == [
        {
            "text": "Run failed: wave 2022\n- stopped at: publishing",
            "subject": "Run failed: wave 2022",
            "survey": "tiny",
        }
    ]


def test_a_mail_goes_to_everybody_who_is_named(settings: Settings) -> None:
    with mail_server() as (port, messages, commands):
        send(settings, NOTICE, {"VAKWERK_SMTP_URL": f"smtp://127.0.0.1:{port}", **MAIL})

    (message,) = messages
    assert message["Subject"] == "[tiny] Run failed: wave 2022"
    assert message["From"] == "vakwerk@example.org"
    assert message.get_content().strip() == "- stopped at: publishing"
    assert {line for line in commands if line.lower().startswith("rcpt")} == {
        "rcpt TO:<a@example.org>",
        "rcpt TO:<b@example.org>",
    }


def test_a_mail_server_is_told_the_password_that_the_url_holds(settings: Settings) -> None:
    with mail_server() as (port, messages, commands):
        url = f"smtp://someone:p%40ss@127.0.0.1:{port}"
        send(settings, NOTICE, {"VAKWERK_SMTP_URL": url, **MAIL})

    assert len(messages) == 1
    # base64 of NUL someone NUL p@ss
    assert "AUTH PLAIN AHNvbWVvbmUAcEBzcw==" in commands


def test_a_password_is_kept_back_from_a_server_elsewhere_that_does_not_encrypt(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("orchestration.notices.THIS_MACHINE", set())
    with mail_server() as (port, messages, commands):
        url = f"smtp://someone:{SECRET}@127.0.0.1:{port}"
        send(settings, NOTICE, {"VAKWERK_SMTP_URL": url, **MAIL})

    assert messages == []
    assert not any(line.startswith("AUTH") for line in commands)
    assert "no encryption" in caplog.text
    assert SECRET not in caplog.text


def test_both_are_told_where_both_are_named_and_nobody_where_none_is(settings: Settings) -> None:
    with webhook() as (url, posts), mail_server() as (port, messages, _):
        both = {"VAKWERK_WEBHOOK_URL": url, "VAKWERK_SMTP_URL": f"smtp://127.0.0.1:{port}", **MAIL}
        send(settings, NOTICE, both)
        send(settings, NOTICE, {})

    assert (len(posts), len(messages)) == (1, 1)


def test_a_url_may_lie_in_a_file_of_its_own(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "webhook_url"
    with webhook() as (url, posts):
        file.write_text(f"{url}\n", encoding="utf-8")
        send(settings, NOTICE, {"VAKWERK_WEBHOOK_URL_FILE": str(file)})

    assert len(posts) == 1


@pytest.mark.parametrize(
    "environment",
    [
        {"VAKWERK_WEBHOOK_URL": f"http://127.0.0.1:1/{SECRET}"},
        {"VAKWERK_WEBHOOK_URL": f"file:///{SECRET}"},
        {"VAKWERK_WEBHOOK_URL": SECRET},
        {"VAKWERK_WEBHOOK_URL": f"http://[{SECRET}"},
        {"VAKWERK_WEBHOOK_URL_FILE": f"/nowhere/{SECRET}"},
        {"VAKWERK_SMTP_URL": f"smtp://a:{SECRET}@127.0.0.1:1", **MAIL},
        {"VAKWERK_SMTP_URL": f"smtp://a:{SECRET}@127.0.0.1:many", **MAIL},
        {"VAKWERK_SMTP_URL": f"http://{SECRET}", **MAIL},
        {"VAKWERK_SMTP_URL": f"smtp://a:{SECRET}@127.0.0.1:1"},
    ],
)
def test_a_notice_that_cannot_be_sent_is_logged_without_secrets_and_fails_nothing(
    settings: Settings, environment: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    send(settings, NOTICE, environment)

    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert NOTICE.subject in caplog.text
    assert SECRET not in caplog.text


@pytest.mark.parametrize("status", [302, 404, 500])
def test_a_webhook_that_does_not_take_the_notice_counts_as_unreached(
    settings: Settings, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    with webhook() as (elsewhere, others), webhook(status, elsewhere) as (url, _):
        send(settings, NOTICE, {"VAKWERK_WEBHOOK_URL": url})

    assert others == []
    assert "could not be sent" in caplog.text
    assert "127.0.0.1" not in caplog.text


def test_a_notice_of_a_refusal_counts_and_names_and_quotes_no_answer_and_no_respondent(
    settings: Settings,
) -> None:
    with webhook() as (url, posts), mail_server() as (port, messages, _):
        both = {"VAKWERK_WEBHOOK_URL": url, "VAKWERK_SMTP_URL": f"smtp://127.0.0.1:{port}", **MAIL}
        send(settings, refusal_notice(refusal()), both)

    (post,) = posts
    assert post["subject"] == "Delivery refused: wave_2022.csv"
    assert post["text"].splitlines()[1:] == [
        "The delivery wave_2022.csv was refused; nothing of it was loaded.",
        "Wave: 2022",
        "- outside scale (refuse): 5",
        "- doubled respondent id (refuse): 2",
        "- unknown column (warn): 1",
        "The file and its whole report are in home/rejected/1.",
    ]
    (message,) = messages
    for sent in (str(post), str(message)):
        assert ANSWER not in sent
        assert RESPONDENT not in sent


def test_who_names_a_bad_file_by_hand_is_not_the_only_one_who_is_told(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = good_table()
    table["v1"][3] = ANSWER
    file = write_delivery(tmp_path / "wave_2022.csv", table)
    with webhook() as (url, posts):
        monkeypatch.setenv("VAKWERK_WEBHOOK_URL", url)
        taken = take_in(settings, [file])

    assert len(taken.refusals) == 1
    (post,) = posts
    assert post["subject"] == "Delivery refused: wave_2022.csv"
    assert ANSWER not in str(post)


def test_a_line_break_in_a_file_name_begins_no_header(settings: Settings) -> None:
    with mail_server() as (port, messages, _):
        forged = Notice("Delivery refused: a\r\nBcc: c@example.org", "text")
        send(settings, forged, {"VAKWERK_SMTP_URL": f"smtp://127.0.0.1:{port}", **MAIL})

    (message,) = messages
    assert message["Bcc"] is None
    assert message["Subject"] == "[tiny] Delivery refused: a Bcc: c@example.org"
