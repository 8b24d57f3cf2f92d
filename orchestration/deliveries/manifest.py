"""The manifest: what a sender says of a delivery in `delivery.yml`.

What belongs here: its keys, and its JSON Schema for editors. What does not: reading the file
(`manifest_reading`), and holding what it says against the delivery (`checking_manifest`).
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)

from orchestration.deliveries.formats.reading import Reading

MANIFEST = "delivery.yml"
LONGEST_NAME = 255
SCHEMA = Path(__file__).with_name("delivery.schema.json")


def _encoding(name: str) -> str:
    """The name, if it is that of a text encoding."""
    try:
        "".encode(name)
    except (LookupError, UnicodeError, ValueError) as error:
        raise ValueError("no text encoding has this name") from error
    return name


def _written_out(moment: object) -> object:
    """A date as people write it; a bare number would be taken for seconds since 1970."""
    if isinstance(moment, str) and not re.match(r"\d{4}-\d{2}-\d{2}", moment):
        raise ValueError("no date begins like this")
    return moment


# YAML reads digits alone as a number, in editors too.
Text = Annotated[str, StringConstraints(min_length=1, max_length=200)]
TextOrDigits = Annotated[
    Text, WithJsonSchema({"type": ["string", "integer"], "minLength": 1, "maxLength": 200})
]
FileName = Annotated[
    str, StringConstraints(min_length=1, max_length=LONGEST_NAME, pattern=r"^[^/\\\x00-\x1f]+$")
]
Checksum = Annotated[str, StringConstraints(pattern="^[0-9a-fA-F]{64}$"), AfterValidator(str.lower)]
Encoding = Annotated[Text, AfterValidator(_encoding)]
# The words are those that the readers of text files know.
Delimiter = Annotated[str, StringConstraints(pattern=r"^([^\r\n]|comma|semicolon|tab|\\t|pipe)$")]
Quote = Annotated[str, StringConstraints(pattern=r"^([^\r\n]|double|single|none)$")]


class DeliveredFile(BaseModel):
    """The file that is delivered."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: FileName = Field(description="the name of the file, without a folder")
    sha256: Checksum | None = Field(
        None, description="the sha256 of the file: 64 hexadecimal digits"
    )
    rows: Annotated[int, Field(ge=0)] | None = Field(
        None,
        description="how many respondents the file has: a whole number, the header not counted",
    )


class Manifest(BaseModel):
    """What a sender says of a delivery; only the wave and the name of the file are required."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", title="The manifest of a delivery to Vakwerk"
    )

    wave: TextOrDigits = Field(description="the wave, as its wave_id in waves.csv")
    files: Annotated[tuple[DeliveredFile, ...], Field(min_length=1, max_length=1)] = Field(
        description="a list of just one file, with its `name` and, if you can, `sha256` and `rows`"
    )
    encoding: Encoding | None = Field(
        None,
        description="the encoding of a text file, such as utf-8, windows-1252 or iso-8859-1",
        examples=["utf-8", "windows-1252", "iso-8859-1"],
    )
    delimiter: Delimiter | None = Field(
        None, description="the one character between cells of a text file; `tab` for a tab"
    )
    quote: Quote | None = Field(
        None, description="the one character around cells of a text file, or `none`"
    )
    decimal: Literal[".", ","] | None = Field(
        None, description="the decimal sign of weights and durations: '.' or ','"
    )
    sheet: TextOrDigits | None = Field(None, description="the name of the sheet in a workbook")
    sender: Text | None = Field(None, description="who sends the delivery")
    received: Annotated[date | datetime, BeforeValidator(_written_out)] | None = Field(
        None,
        description="when it was received: a date such as 2026-11-24, or 2026-11-24T09:30:00",
    )
    purpose: Literal["first", "correction", "partial"] | None = Field(
        None,
        description=(
            "first, correction (of what was delivered for the wave before) or partial (field work "
            "goes on)"
        ),
    )

    @model_validator(mode="after")
    def _tells_cells_apart(self) -> Manifest:
        if self.delimiter is not None and self.delimiter == self.quote:
            raise ValueError("`delimiter` and `quote` are the same character")
        return self

    @property
    def file(self) -> DeliveredFile:
        """The file that is delivered."""
        return self.files[0]

    @property
    def reading(self) -> Reading:
        """How the file is to be read, as far as the manifest says so."""
        return Reading(
            encoding=self.encoding,
            delimiter=self.delimiter,
            quote=self.quote,
            decimal=self.decimal,
            sheet=self.sheet,
        )

    def as_yaml(self) -> str:
        """The manifest as it may stand in `delivery.yml`, without the keys that say nothing."""
        values = self.model_dump(mode="json", exclude_none=True)
        return yaml.safe_dump(values, sort_keys=False, allow_unicode=True)


def manifest_of(
    wave_id: str, file: DeliveredFile, reading: Reading, said: Manifest | None
) -> Manifest:
    """A manifest of a file as it was read; who sent it when, and why, is as the sender said."""
    about = said.model_dump(include={"sender", "received", "purpose"}) if said else {}
    return Manifest(
        wave=wave_id,
        files=(file,),
        **{name: value for name, value in asdict(reading).items() if value is not None},
        **about,
    )


def name_for_manifest(name: str) -> str:
    """The name of a file as a manifest may have it: without a folder and control characters."""
    return re.sub(r"[/\\\x00-\x1f]", "_", name)[:LONGEST_NAME]


def json_schema() -> str:
    """The JSON Schema of `delivery.yml`, by which editors complete and check it."""
    schema: dict[str, Any] = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return json.dumps(schema | Manifest.model_json_schema(), indent=2) + "\n"
