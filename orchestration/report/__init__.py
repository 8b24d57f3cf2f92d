"""The web report: a static site for people, made from the published marts alone.

What belongs here: what the pages show, in Dutch and in English, and how. What does not: figures, which
the marts have; what may be shown, which they have decided too; and when the report is made, which
`publishing` says. Nothing here reads the warehouse, names an item, theme or group, or knows Dagster.

    marts      what the pages are made of, read from marts.duckdb (by the query of `figures`)
    wording    texts in both languages (`texts.csv`), and numbers as each language writes them
    charts     where a figure lies on a scale; the templates draw it
    *_page     what one kind of page shows; `panels` are the parts of a theme's
    downloads  the csv files beside the pages
    site       all pages, style, script and downloads, into a folder
"""
