"""A running box keeps its cards over a restart, forgets what is old, and forgets who wants to be (R24, R36)."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from appliance import cardsteps
from appliance.box import Box
from appliance.cardcommands import CardDone, NewCard, PromiseBy
from appliance.cards import Card, CardKind, Promise
from appliance.clock import ScaledClock
from appliance.main import WENT_WELL, main
from appliance.openlines import Line, Supplies
from appliance.privacy import EraseCaller
from appliance.settings import LineSettings, Settings
from appliance.store.ledger import LEDGER_NAME, Ledger, open_for_reading
from appliance.store.settings import SettingsStore

TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
JAN, OLA = "+48225550101", "+48501600700"
SETTINGS = Settings(company="Northwind")


def no_lines(line: LineSettings, settings: Settings, supplies: Supplies) -> Line:
    raise AssertionError("this office has no lines")


def lived(home: Path, seconds: float, doing: Callable[[Box], None] = lambda box: None) -> Box:
    """A box that ran for so long, in which this was done at its beginning."""
    clock = ScaledClock(math.inf, TUESDAY)
    seat = clock.waiter("test")
    box = Box(SETTINGS, home, clock, no_lines)
    box.start()
    doing(box)
    seat.wait(seconds)
    box.stop()
    seat.close()
    assert not box.crashed
    return box


def test_cards_promises_and_reminders_outlive_the_box(tmp_path: Path) -> None:
    def writes(box: Box) -> None:
        box.obey(NewCard("101", JAN, "Jan", matter="price of forty lamps", promise_min=40.0))
        box.obey(NewCard("101", OLA, "Ola"))
        box.obey(CardDone(2, "101", "told her"))

    assert [card.promise for card in lived(tmp_path, 60.0, writes).board.cards] == [Promise.GIVEN]
    again = lived(tmp_path, 60.0, lambda box: box.obey(PromiseBy(1, "102", 90.0)))
    (card,) = again.board.cards
    assert (card.id, card.matter, card.promised) == (1, "price of forty lamps", card.promised)
    assert card.promised is not None and card.promised - TUESDAY > timedelta(minutes=89)
    reader = open_for_reading(tmp_path)
    kept = reader.card(1)
    assert kept is not None and [line.number for line in kept[1]] == [1, 2]
    assert {card.id: card.reason for card in reader.cards(open_only=False)} == {1: "", 2: "told her"}
    reader.close()


def test_a_running_box_forgets_what_is_old(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / LEDGER_NAME)
    old, made = cardsteps.made(Card(1, CardKind.CALLBACK, TUESDAY - timedelta(days=900), JAN, id=1))
    ledger.keep_card(old, made)
    ledger.keep_card(*cardsteps.finished(old, old.made, "101", "done"))
    ledger.close()
    lived(tmp_path, 700.0)
    reader = open_for_reading(tmp_path)
    assert reader.cards(open_only=False) == [] and [day.what.cards for day in reader.forgettings()] == [1]
    reader.close()


def test_who_wants_to_be_forgotten_is_gone_from_board_and_ledger_at_once(tmp_path: Path) -> None:
    def forgets(box: Box) -> None:
        box.obey(NewCard("101", JAN, "Jan"))
        box.obey(NewCard("101", OLA, "Ola"))
        box.obey(EraseCaller(0, (JAN,)))

    assert [card.name for card in lived(tmp_path, 60.0, forgets).board.cards] == ["Ola"]
    reader = open_for_reading(tmp_path)
    assert {card.name for card in reader.cards(open_only=False)} == {"", "Ola"}
    reader.close()


def test_the_command_tells_gives_out_and_forgets(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lived(tmp_path, 700.0, lambda box: box.obey(NewCard("101", JAN, "Jan")))
    SettingsStore(tmp_path).save(SETTINGS)
    home = ["--home", str(tmp_path)]
    assert main(["privacy", *home]) == WENT_WELL
    told = capsys.readouterr().out
    assert "Closed cards: kept for 730 days." in told and "24.11.2026 10:10: 0 recordings" in told
    assert main(["privacy", "--export", "225550101", "--to", str(tmp_path / "jan.zip"), *home]) == WENT_WELL
    assert capsys.readouterr().out.startswith("0 calls, 1 cards and 0 recordings")
    assert main(["privacy", "--erase", "225550101", *home]) == WENT_WELL
    assert capsys.readouterr().out == "0 calls and 1 cards say nothing of them any more.\n"
    assert main(["privacy", "--export", "225550101", *home]) != WENT_WELL
    assert "Name a file" in capsys.readouterr().err
