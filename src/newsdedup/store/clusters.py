"""Writing clusters into the tables, within a transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from newsdedup.store.database import Database
from newsdedup.store.nouns import ClusterRow

_PARTS = "SELECT id FROM clusters WHERE absorbed_into = ? ORDER BY id"


def put_clusters(
    database: Database,
    *,
    made: Sequence[ClusterRow],
    absorbed: Mapping[str, str],
    members: Mapping[int, str],
    left: Sequence[int],
) -> None:
    """Writes what became of clusters; one that has lost its members, and is part of no other, is forgotten.

    A member that was told stays told, whichever cluster it is in.
    """
    database.many(
        "INSERT INTO clusters VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
        "born = excluded.born, absorbed_into = excluded.absorbed_into, told = excluded.told",
        ((row.id, row.born, row.absorbed_into, row.told) for row in made),
    )
    database.many(
        "UPDATE clusters SET absorbed_into = ?, told = NULL WHERE id = ?",
        ((into, each) for each, into in absorbed.items()),
    )
    sql = "SELECT cluster FROM members WHERE article = ?"
    roots = [*(int(root) for root in members), *(int(root) for root in left)]
    before = {cluster for root in roots for cluster in database.column(sql, (root,))}
    database.many("DELETE FROM members WHERE article = ?", ((int(root),) for root in left))
    database.many(
        "INSERT INTO members VALUES (?, ?, NULL) ON CONFLICT DO UPDATE SET cluster = excluded.cluster",
        ((int(root), cluster) for root, cluster in members.items()),
    )
    forget_empty(database, before)
    database.run("DELETE FROM to_renew")  # whoever makes clusters anew asks for them all


def dissolve_small(database: Database, ids: Iterable[str]) -> list[str]:
    """Dissolves those of the clusters that have fewer than two members; returns the ids of the others, sorted."""
    kept = []
    for each in sorted(set(ids)):
        if len(database.rows("SELECT 1 FROM members WHERE cluster = ? LIMIT 2", (each,))) < 2:
            database.run("DELETE FROM members WHERE cluster = ?", (each,))
            forget_empty(database, [each])
        else:
            kept.append(each)
    return kept


def forget_empty(database: Database, ids: Iterable[str]) -> None:
    """Removes those of the clusters that have no members, with all that they absorbed.

    What was absorbed stays known by its id as long as what it is part of.
    """
    empty = "absorbed_into IS NULL AND NOT EXISTS (SELECT 1 FROM members WHERE cluster = clusters.id)"
    gone = [
        each
        for each in sorted(set(ids))
        if database.run(f"DELETE FROM clusters WHERE id = ? AND {empty}", (each,))  # noqa: S608 - a constant
    ]
    while gone:
        parts = [part for each in gone for part in database.column(_PARTS, (each,))]
        database.many("DELETE FROM clusters WHERE id = ?", ((part,) for part in parts))
        gone = parts
