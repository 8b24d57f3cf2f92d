"""Bad deliveries whose bytes are not the text that they are taken for."""

from __future__ import annotations

from orchestration.deliveries.report import Kind
from tests.bad_deliveries.cases import (
    BadDelivery,
    followed_by,
    put,
    replaced,
)
from tests.bad_deliveries.expected import Expected, missing, no_group, unknown
from tests.builders import ROLE

CASES = (
    BadDelivery(
        "windows-1252",
        (no_group("rol", (5,), {"één": 1}),),
        table=put(ROLE, {5: "één"}),
        content=lambda content: content.decode().encode("cp1252"),
    ),
    BadDelivery(
        "UTF-8 read as windows-1252 and written again",
        (no_group("rol", (5,), {"Ã©Ã©n": 1}),),
        table=put(ROLE, {5: "één"}),
        content=lambda content: content.decode("cp1252").encode(),
    ),
    BadDelivery(
        "UTF-16",
        (
            Expected(
                Kind.WRONG_ENCODING,
                "The file has zero bytes: it is UTF-16 or UTF-32 text, or no text at all.",
            ),
        ),
        content=lambda content: content.decode().encode("utf-16"),
    ),
    BadDelivery(
        "UTF-16 without its mark",
        (
            Expected(
                Kind.WRONG_ENCODING,
                "The file has zero bytes: it is UTF-16 or UTF-32 text, or no text at all.",
            ),
        ),
        content=lambda content: content.decode().encode("utf-16-le"),
    ),
    BadDelivery(
        "UTF-32",
        (
            Expected(
                Kind.WRONG_ENCODING,
                "The file has zero bytes: it is UTF-16 or UTF-32 text, or no text at all.",
            ),
        ),
        content=lambda content: content.decode().encode("utf-32"),
    ),
    BadDelivery(
        "EBCDIC",
        (
            Expected(
                Kind.WRONG_ENCODING,
                "Rows are not UTF-8: in row 1, the first, byte 1 is 0x95 ('•' if the file is windows-1252).",
                rows=(1,),
            ),
            unknown(
                "\\udc95\\udc99k\\udc96\\udc99\\udc87k\\udc99\\udc96\\udc93k\\udc87\\udc85\\udca6\\udc89\\udc83\\udc88\\udca3k\\udca5\\udcf1k\\udca5\\udcf2k\\udca5\\udcf3k\\udca2\\udca8\\udc95\\udca3\\udc88\\udc85\\udca3\\udc89\\udca2\\udc83\\udc88%\\udc99\\udcf0\\udcf0\\udcf0\\udcf1k\\udcc2\\udce9\\udcd2k\\udcd3k\\udcf1k\\udcf1k\\udcf3k\\udcf1k\\udc91\\udc81%\\udc99\\udcf0\\udcf0\\udcf0\\udcf2k\\udcc6\\udcc9\\udcd5k\\udcd4k\\udcf0K\\udcf7\\udcf5k\\udcf2k\\udcf2k\\udcf3k\\udc91\\udc81%\\udc99\\udcf0\\udcf0\\udcf0\\udcf3k\\udcc2\\udce9\\udcd2k\\udcd4k\\udcf2K\\udcf5k\\udcf3kk\\udcf1k\\udc91\\udc81%\\udc99\\udcf0\\udcf0\\udcf0\\udcf4k\\udcc6\\udcc9\\udcd5kk\\udcf1k\\udcf8k\\udcf3k\\udcf3k\\udc91\\udc81%\\udc99\\udcf0\\udcf0\\udcf0\\udcf5k\\udcc2\\udce9\\udcd2k\\udcd3k\\udcf0K\\udcf7\\udcf5kk\\udcf2k\\udcf1k\\udc91\\udc81%\\udc99\\udcf0\\udcf0\\udcf0\\udcf6k\\udcc6\\udcc9\\udcd5k\\udcd4k\\udcf2K\\udcf5k\\udcf1kk\\udcf3k\\udc91\\udc81%\\udc99\\udcf0\\udcf0\\udcf0\\udcf7k\\udcc2\\udce9\\udcd2k\\udcd4k\\udcf1k\\udcf2k\\udcf3k\\udcf1k\\udc91\\udc81%\\udc99\\udcf0\\udcf0\\udcf0\\udcf8k\\udcc6\\udcc9\\udcd5kk\\udcf0K\\udcf7\\udcf5k\\udcf3k\\udcf2k\\udcf3k\\udc91\\udc81%\\udc99\\udcf0\\udcf0\\udcf0\\udcf9k\\udcc2\\udce9\\udcd2k\\udcd3k\\udcf2K\\udcf5k\\udcf8kk\\udcf1k\\udc91\\udc81%\\udc99\\udcf0\\udcf0\\udcf1\\udcf0k\\udcc6\\udcc9\\udcd5k\\udcd4k\\udcf1kk\\udcf3k\\udcf3k\\udc91\\udc81%\\udc99\\udcf0\\udcf0\\udcf1\\udcf1k\\udcc2\\udce9\\udcd2k\\udcd4k\\udcf0K\\udcf7\\udcf5k\\udcf1k\\udcf2k\\udcf1k\\udc91\\udc81%\\udc99\\udcf0\\udcf0\\udcf1\\udcf2k\\udcc6\\udcc9\\udcd5kk\\udcf2K\\udcf5k\\udcf2kk\\udcf3k\\udc91\\udc81%"
            ),
            *missing(),
        ),
        content=lambda content: content.decode().encode("cp500"),
    ),
    BadDelivery(
        "stray byte",
        (no_group("org", (4,), {"BÿZK": 1}),),
        content=replaced(b"r0003,BZK", b"r0003,B\xffZK"),
    ),
    BadDelivery(
        "stray byte in the header",
        (
            unknown("vé"),
            *missing("v1"),
        ),
        content=replaced(b"v1", b"v\xe9"),
    ),
    BadDelivery(
        "zero byte in a value",
        (
            Expected(
                Kind.WRONG_ENCODING,
                "The file has zero bytes: it is UTF-16 or UTF-32 text, or no text at all.",
            ),
        ),
        content=replaced(b"r0004,FIN", b"r0004,F\0N"),
    ),
    BadDelivery(
        "half of a surrogate pair",
        (no_group("org", (5,), {"í\xa0½FIN": 1}),),
        content=replaced(b"r0004,FIN", b"r0004,\xed\xa0\xbdFIN"),
    ),
    BadDelivery(
        "character cut off at the end",
        (Expected(Kind.TRUNCATED, "The file breaks off in its last row, row 14.", rows=(14,)),),
        content=followed_by("r0013,FIN,é".encode()[:-1]),
    ),
    BadDelivery(
        "two encodings in one file",
        (
            Expected(
                Kind.WRONG_ENCODING,
                "Rows are not UTF-8: in row 14, the first, byte 13 is 0xE9 ('é' if the file is windows-1252).",
                rows=(14,),
            ),
            no_group("rol", (3,), {"één": 1}),
        ),
        table=put(ROLE, {3: "één"}),
        content=followed_by("r0013,BZK,twée,1,1,1,1,ja\n".encode("cp1252")),
    ),
    BadDelivery(
        "byte-order mark in the middle",
        (Expected(Kind.UNREADABLE, "Rows have more cells than the header.", rows=(6,)),),
        content=replaced(b"r0005", b"\xef\xbb\xbfr0005,"),
    ),
)
