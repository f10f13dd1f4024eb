"""Notices in the ledger: those that still have to be sent, and which were told lately (R25).

A notice is known by its key and its recipient. Of those that were sent the key is kept for a while, so that the same is
not told again after a restart; their text is gone.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from appliance.notices import Notice, NoticeKind, NoticeState

NOTICE_TABLES = (
    """CREATE TABLE notices (
        id INTEGER PRIMARY KEY,
        key TEXT NOT NULL,
        recipient TEXT NOT NULL,
        kind TEXT NOT NULL,
        made TEXT NOT NULL,
        title TEXT NOT NULL,
        text TEXT NOT NULL,
        state TEXT NOT NULL,
        UNIQUE (key, recipient)
    )""",
)
"""The statements that lead to a ledger with notices."""

KEPT = timedelta(days=62)
"""How long the key of a notice is kept after it was sent or given up."""
MOST_READ = 20_000


def notice_row(notice: Notice) -> Mapping[str, Any]:
    """A notice as a row."""
    return {
        "key": notice.key,
        "recipient": notice.to,
        "kind": notice.kind.name,
        "made": notice.made.isoformat(),
        "title": notice.title,
        "text": notice.text,
        "state": notice.state.name,
    }


def notices_in(connection: sqlite3.Connection) -> Iterator[Notice]:
    """All notices, the oldest first; of a great many the newest."""
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'notices'").fetchone():
        return  # read beside a box that has not been started since it knows notices
    sql = "SELECT * FROM (SELECT * FROM notices ORDER BY id DESC LIMIT ?) ORDER BY id"
    for row in connection.execute(sql, (MOST_READ,)):
        yield Notice(
            key=row["key"],
            kind=NoticeKind[row["kind"]],
            to=row["recipient"],
            made=datetime.fromisoformat(row["made"]),
            title=row["title"],
            text=row["text"],
            state=NoticeState[row["state"]],
        )


def forget_notices(connection: sqlite3.Connection, now: datetime) -> int:
    """Forget those that were settled long ago; how many."""
    sql = "DELETE FROM notices WHERE state <> ? AND made < ?"
    return connection.execute(sql, (NoticeState.WAITING.name, (now - KEPT).isoformat())).rowcount
