"""Builders: a tiny survey and deliveries for it, for tests that need one of their own.

The survey has two waves of three items about two themes, two roles and two organisations. What
belongs here: writing such files. What does not: expectations, which each test states itself.
"""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.sax.saxutils import escape

from orchestration.settings import Settings

Table = Mapping[str, Sequence[str | None]]

RESPONDENT = "nr"
STRATUM = "org"
ROLE = "rol"
WEIGHT = "gewicht"
MARKER = "synthetisch"
ITEMS = ("v1", "v2", "v3")
NUMBERS = frozenset({WEIGHT, *ITEMS})
WORDING = {"v1": "Ik ken mijn vak", "v2": "Ik zie geen dilemma's", "v3": "Ik durf tegen te spreken"}

CODEBOOK: Mapping[str, str] = {
    "survey": """
        survey_id,label_nl,label_en,minimum_group_size,hold_corrections,description
        tiny,Klein,Tiny,10,false,A survey for tests
    """,
    "waves": """
        wave_id,label_nl,label_en,fieldwork_start,fieldwork_end,previous_wave_id,invited,is_synthetic,file_pattern,source
        2022,2022,2022,2022-05-01,2022-06-30,,100,true,*2022*,tests
        2024,2024,2024,2024-05-01,2024-06-30,2022,100,true,*2024*,tests
    """,
    "themes": """
        theme_id,theme_name,label_nl,label_en,position,relation_side
        1,craft,Vak,Craft,1,craft
        2,dissent,Tegenspraak,Dissent,2,pressure
    """,
    "items": """
        item_id,theme_id,label_nl,label_en,valence,in_study,basis,position
        C1,1,Vakkennis,Knowledge,positive,named,tests,1
        D1,2,Dilemma,Dilemma,negative,named,tests,1
        D2,2,Tegenspraak,Dissent,positive,named,tests,2
    """,
    "scales": """
        scale_id,answer,meaning,label_nl,label_en,is_favourable
        agreement,-2,dont_know,weet niet,don't know,
        agreement,-1,not_answered,niet beantwoord,not answered,
        agreement,1,answer,oneens,disagree,false
        agreement,2,answer,neutraal,neutral,false
        agreement,3,answer,eens,agree,true
    """,
    "answer_codes": """
        code_list,code,scale_id,answer
        agreement,1,agreement,1
        agreement,2,agreement,2
        agreement,3,agreement,3
        agreement,8,agreement,-2
    """,
    "item_versions": """
        wave_id,source_column,item_id,code_list,is_reversed,wording,comparability,comparability_note
        2022,v1,C1,agreement,false,Ik ken mijn vak,new,
        2022,v2,D1,agreement,true,Ik zie geen dilemma's,new,
        2022,v3,D2,agreement,false,Ik durf tegen te spreken,new,
        2024,v1,C1,agreement,false,Ik ken mijn vak,identical,
        2024,v2,D1,agreement,true,Ik zie geen dilemma's,identical,
        2024,v3,D2,agreement,false,Ik durf tegen te spreken,identical,
    """,
    "attributes": """
        attribute_id,kind,label_nl,label_en
        respondent_id,respondent,Respondent,Respondent
        stratum,stratum,Stratum,Stratum
        weight,weight,Gewicht,Weight
        organisation,group,Organisatie,Organisation
        role,group,Rol,Role
        synthetic_marker,raw_only,Synthetisch,Synthetic
    """,
    "groups": """
        attribute_id,group_code,position,label_nl,label_en
        organisation,bzk,1,BZK,BZK
        organisation,fin,2,Financiën,Finance
        role,LG,1,Leidinggevende,Manager
        role,MW,2,Medewerker,Employee
    """,
    "attribute_columns": """
        wave_id,attribute_id,source_column
        2022,respondent_id,nr
        2022,stratum,org
        2022,organisation,org
        2022,role,rol
        2022,weight,gewicht
        2022,synthetic_marker,synthetisch
        2024,respondent_id,nr
        2024,stratum,org
        2024,organisation,org
        2024,role,rol
        2024,weight,gewicht
        2024,synthetic_marker,synthetisch
    """,
    "attribute_codes": """
        wave_id,attribute_id,code,group_code
        2022,stratum,BZK,bzk
        2022,stratum,FIN,fin
        2022,organisation,BZK,bzk
        2022,organisation,FIN,fin
        2022,role,L,LG
        2022,role,M,MW
        2024,stratum,BZK,bzk
        2024,stratum,FIN,fin
        2024,organisation,BZK,bzk
        2024,organisation,FIN,fin
        2024,role,L,LG
        2024,role,M,MW
    """,
    "breakdowns": """
        breakdown,attribute_1,attribute_2,cube,compare_pairs,position,label_nl,label_en
        total,,,groups,false,1,Totaal,Total
        role,role,,groups,true,2,Rol,Role
        organisation,organisation,,groups,false,3,Organisatie,Organisation
    """,
    "driver_terms": """
        attribute_id,position,reference_group
        role,1,MW
    """,
    "organisations": """
        organisation_code,abbreviation,name_nl,name_en,kind,parent_code,valid_from,valid_to
        bzk,BZK,Binnenlandse Zaken,Interior,ministry,,1998-08-03,
        fin,FIN,Financiën,Finance,ministry,,1798-01-01,
    """,
    "organisation_events": "event_date,event,organisation_code,successor_code,note",
    "population": """
        wave_id,stratum,role,headcount,source
        2022,bzk,,400,tests
        2022,fin,,600,tests
        2024,bzk,,400,tests
        2024,fin,,600,tests
    """,
    "population_margins": "wave_id,attribute_id,group_code,headcount,source",
    "weight_bounds": "wave_id,smallest_ratio,largest_ratio,reason",
    "findings": "finding_id,theme_id,kind,item_ids,attribute,group_a,group_b,statement_en,statement_nl",
    "quality_thresholds": """
        check_name,threshold,severity,reason
        items_answered,1,warn,tests
        item_nonresponse,0.5,warn,tests
        item_drift,0.5,warn,tests
        item_drift.fewest_answers,100,,tests
        answers_doubled,4,warn,three items are too few to tell
        straight_lining,0.1,warn,tests
        straight_lining.fewest_items,3,,tests
        impossible_combinations,0,warn,tests
        times_readable,,warn,tests
        answered_in_fieldwork,0,warn,tests
        speeders,0.05,warn,tests
        speeders.seconds_per_item,2,,tests
        response_within_headcount,1,block,tests
        response_large_enough,0.001,warn,tests
    """,
    "impossible_combinations": "rule_id,attribute_id,item_id,any_of,reason",
}


def write_survey(folder: Path, **tables: str) -> Path:
    """Write the survey's codebook below `folder`, some tables replaced; gives the survey's folder."""
    codebook = folder / "codebook"
    codebook.mkdir(parents=True)
    for name, text in {**CODEBOOK, **tables}.items():
        lines = (line.strip() for line in text.strip().splitlines())
        (codebook / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def settings_for(folder: Path, survey: Path | None = None) -> Settings:
    """Settings with a home below `folder` that is not made yet, for the tiny survey unless given."""
    return Settings.from_environment(
        {
            "VAKWERK_TARGET": "ci",
            "VAKWERK_HOME": str(folder / "home"),
            "VAKWERK_SURVEY": str(survey or write_survey(folder / "survey")),
        }
    )


def good_table(rows: int = 12) -> dict[str, list[str | None]]:
    """A delivery without a fault, by column: every code comes, and some blanks."""
    cycle: Mapping[str, Sequence[str | None]] = {
        STRATUM: ("BZK", "FIN"),
        ROLE: ("L", "M", "M", None),
        WEIGHT: ("1", "0.75", "2.5"),
        "v1": ("1", "2", "3", "8", None),
        "v2": ("3", "2", None),
        "v3": ("1", "3"),
        MARKER: ("ja",),
    }
    table: dict[str, list[str | None]] = {
        RESPONDENT: [f"r{row:04d}" for row in range(1, rows + 1)],
    }
    for name, values in cycle.items():
        table[name] = [values[row % len(values)] for row in range(rows)]
    return table


def write_delivery(path: Path, table: Table) -> Path:
    """Write a delivery in the format of the path's suffix; gives the path.

    Where a format tells numbers from text, answers and weights are numbers.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    match path.suffix:
        case ".csv":
            path.write_text(csv_text(table), encoding="utf-8", newline="")
        case ".tsv":
            path.write_text(csv_text(table, "\t"), encoding="utf-8", newline="")
        case ".txt":
            path.write_text(csv_text(table, ";"), encoding="utf-8", newline="")
        case ".sav" | ".zsav":
            _write_sav(path, table)
        case ".dta":
            _write_dta(path, table)
        case ".xlsx":
            _write_xlsx(path, table)
        case ".ods":
            write_ods(path, {"data": [list(table), *zip(*_typed(table).values(), strict=True)]})
        case ".parquet":
            _write_parquet(path, table)
        case ".gz":
            with TemporaryDirectory() as folder:
                inner = write_delivery(Path(folder) / path.stem, table)
                path.write_bytes(gzip.compress(inner.read_bytes(), mtime=0))
        case ".zip":
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
                packed.writestr(f"{path.stem}.csv", csv_text(table))
        case suffix:
            raise ValueError(f"No builder for {suffix}.")
    return path


def csv_text(table: Table, delimiter: str = ",") -> str:
    """The table as csv text."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n", delimiter=delimiter)
    writer.writerow(table)
    writer.writerows(zip(*table.values(), strict=True))
    return buffer.getvalue()


def _typed(table: Table) -> dict[str, list[str | float | None]]:
    return {
        name: [
            value if name not in NUMBERS or value in (None, "") else float(value or "nan")
            for value in values
        ]
        for name, values in table.items()
    }


def _write_sav(path: Path, table: Table) -> None:
    import pandas
    import pyreadstat

    pyreadstat.write_sav(
        pandas.DataFrame(_typed(table)),
        path,
        compress=path.suffix == ".zsav",
        column_labels={name: WORDING.get(name, "") for name in table},
        variable_value_labels={
            item: {1.0: "oneens", 2.0: "neutraal", 3.0: "eens", 8.0: "weet niet"}
            for item in ITEMS
            if item in table
        },
        missing_ranges={item: [8.0] for item in ITEMS if item in table},
    )


def _write_dta(path: Path, table: Table) -> None:
    import pandas
    import pyreadstat

    pyreadstat.write_dta(
        pandas.DataFrame(_typed(table)),
        path,
        column_labels={name: WORDING.get(name, "") for name in table},
        variable_value_labels={
            item: {1: "oneens", 2: "neutraal", 3: "eens", 8: "weet niet"}
            for item in ITEMS
            if item in table
        },
    )


def _write_xlsx(path: Path, table: Table) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("data")
        sheet.write_row(0, 0, list(table))
        for row, cells in enumerate(zip(*_typed(table).values(), strict=True), 1):
            for column, cell in enumerate(cells):
                if isinstance(cell, str):
                    sheet.write_string(row, column, cell)
                elif cell is not None:
                    sheet.write_number(row, column, cell)


def write_ods(path: Path, sheets: Mapping[str, Sequence[Sequence[str | float | None]]]) -> Path:
    """Write a workbook as OpenDocument has it: the smallest that a program still opens."""
    namespaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    tables = "".join(
        f'<table:table table:name="{escape(name)}">'
        + "".join(
            f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows
        )
        + "</table:table>"
        for name, rows in sheets.items()
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as workbook:
        workbook.writestr("mimetype", kind, zipfile.ZIP_STORED)
        workbook.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
            "</manifest:manifest>",
        )
        workbook.writestr(
            "content.xml",
            f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {namespaces} '
            'office:version="1.2"><office:body><office:spreadsheet>'
            f"{tables}</office:spreadsheet></office:body></office:document-content>",
        )
    return path


def _ods_cell(value: str | float | None) -> str:
    if value is None:
        return "<table:table-cell/>"
    kind = "string" if isinstance(value, str) else "float"
    number = "" if isinstance(value, str) else f' office:value="{value!r}"'
    return (
        f'<table:table-cell office:value-type="{kind}"{number}>'
        f"<text:p>{escape(str(value))}</text:p></table:table-cell>"
    )


def _write_parquet(path: Path, table: Table) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table(_typed(table)), path)
