"""The Dagster asset of the mirror: a step after the publication, where a Postgres server is named.

What belongs here: what the asset says of itself. What does not: mirroring.
"""

import dagster as dg

from orchestration.mirroring.mirror import mirror
from orchestration.mirroring.server import MirrorError, configured_url
from orchestration.partitions import ONE_RUN
from orchestration.settings import Settings

MIRROR = dg.AssetKey(["published", "postgres"])


def mirror_asset(settings: Settings, publication: dg.AssetKey) -> dg.AssetsDefinition:
    """The published marts on a Postgres server, whose address is read when it is needed."""

    @dg.asset(
        key=MIRROR,
        group_name="published",
        kinds={"postgres"},
        deps=[publication],
        backfill_policy=ONE_RUN,
        description="The same tables in the schema `marts` of a Postgres database, swapped in one transaction.",
    )
    def postgres() -> dg.MaterializeResult[None]:
        try:
            url = configured_url()
            if not url:
                raise MirrorError("VAKWERK_POSTGRES_URL is not set where this run takes place.")
            mirrored = mirror(settings, url)
        except MirrorError as error:
            # Without a cause, whose words nobody has looked over.
            raise dg.Failure(str(error), allow_retries=False) from None
        return dg.MaterializeResult(
            metadata={
                "build_id": mirrored.build_id,
                "tables": mirrored.tables,
                "dagster/row_count": mirrored.rows,
                "new": mirrored.is_new,
            }
        )

    return postgres
