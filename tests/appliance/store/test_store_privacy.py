"""Old things are forgotten, one caller's are given out or forgotten, and every figure stays (R36)."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from appliance import cardsteps
from appliance.call import CallerId, CallRecord, Outcome, Presentation, TransferAttempt, TransferResult
from appliance.cards import Card, CardKind, State
from appliance.cardsettings import PrivacySettings
from appliance.contacts import Contact
from appliance.faults import BadSettings
from appliance.privacy import EraseCaller, limits
from appliance.privacycommand import export, told, who_is
from appliance.store.keeper import Keeper
from appliance.store.ledger import LEDGER_NAME, Ledger
from appliance.store.privacyrows import PORTION
from appliance.store.recordings import RecordingFile, recording_path

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
JAN, OLA = CallerId("225550101", "Jan Kowalski", Presentation.SHOWN), CallerId("501600700", "Ola", Presentation.SHOWN)
SECRET = "wants a divorce lawyer"


def said(home: Path, call: int, days_ago: float) -> str:
    """A recording that was written so many days ago."""
    name = f"messages/call-{call:06d}.wav"
    recording = RecordingFile(recording_path(home, name))
    recording.append(np.ones(800, "<i2").tobytes())
    recording.close()
    moment = (NOW - timedelta(days=days_ago)).timestamp()
    os.utime(home / name, (moment, moment))
    return name


def called(ledger: Ledger, number: int, who: CallerId, days_ago: float) -> None:
    at = NOW - timedelta(days=days_ago)
    taken = TransferAttempt(at, "101", "Anna", TransferResult.TAKEN, 9.0)
    ledger.finish(CallRecord(number, "Line 1", at, who, 1, 2.0, 60.0, Outcome.TRANSFERRED, transfers=(taken,)))


def carded(ledger: Ledger, id: int, who: CallerId, days_ago: float, done: bool, recording: str = "") -> Card:
    at = NOW - timedelta(days=days_ago)
    card, made = cardsteps.made(
        Card(id, CardKind.MESSAGE, at, who.number, who.name, recording=recording, id=id, matter=SECRET)
    )
    ledger.keep_card(card, made)
    if done:
        card, line = cardsteps.finished(card, at, "101", "done")
        ledger.keep_card(card, line)
    return card


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    ledger = Ledger(tmp_path / LEDGER_NAME)
    yield ledger
    ledger.close()


def test_what_is_old_is_forgotten_and_what_is_open_or_young_stays(tmp_path: Path, ledger: Ledger) -> None:
    ages = {1: 800.0, 2: 100.0, 3: 1.0}
    for number, days_ago in ages.items():
        called(ledger, number, JAN, days_ago)
        carded(ledger, number, JAN, days_ago, True, said(tmp_path, number, days_ago))
    kept = carded(ledger, 4, OLA, 800.0, False, said(tmp_path, 4, 800.0))
    found = ledger.forget_old(tmp_path, limits(PrivacySettings(), NOW))
    assert (found.recordings, found.numbers, found.cards, found.more) == (2, 1, 1, False)
    assert [call.caller_id.number for call in ledger.calls()] == ["225550101", "225550101", ""]
    assert [(call.outcome, call.talk_s) for call in ledger.calls()] == [(Outcome.TRANSFERRED, 60.0)] * 3, "figures stay"
    assert sorted(path.name for path in (tmp_path / "messages").iterdir()) == ["call-000003.wav", "call-000004.wav"]
    cards = {card.id: card for card in ledger.cards(open_only=False)}
    assert sorted(cards) == [2, 3, 4] and cards[4] == kept
    assert cards[2].recording == "" and cards[3].recording == "messages/call-000003.wav"
    assert ledger.card(1) is None


def test_who_wants_to_keep_everything_can(tmp_path: Path, ledger: Ledger) -> None:
    called(ledger, 1, JAN, 9000.0)
    carded(ledger, 1, JAN, 9000.0, True, said(tmp_path, 1, 9000.0))
    found = ledger.forget_old(tmp_path, limits(PrivacySettings(0.0, 0.0, 0.0), NOW))
    assert (found.recordings, found.numbers, found.cards) == (0, 0, 0) and len(ledger.cards(open_only=False)) == 1


def test_years_of_cards_are_forgotten_in_portions_by_the_keeper(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / LEDGER_NAME)
    with ledger.transaction():
        for number in range(1, 2 * PORTION + 50):
            called(ledger, number, JAN, 900.0)
            carded(ledger, number, JAN, 900.0, True)
    ledger.close()
    keeper = Keeper(tmp_path)
    keeper.forget_old(limits(PrivacySettings(), NOW))
    while keeper._rows or keeper._batch or not keeper.flush():
        continue
    assert keeper.flush() and keeper.close()
    ledger = Ledger(tmp_path / LEDGER_NAME)
    assert ledger.cards(open_only=False) == [] and len(ledger.calls(10_000)) == 2 * PORTION + 49
    (day,) = ledger.forgettings()
    assert (day.what.cards, day.what.numbers) == (2 * PORTION + 49, 2 * PORTION + 49)
    assert list(told(PrivacySettings(cards_days=0.0), [day]))[2:] == [
        "Closed cards: kept for ever.",
        "24.11.2026 12:00: 0 recordings, 449 numbers of calls, 449 closed cards were forgotten.",
    ]
    ledger.close()


def somebody(tmp_path: Path, ledger: Ledger) -> Contact:
    """Jan has called three times, his numbers written in three ways, and left a message; Ola once."""
    contact = Contact("Jan Kowalski", "Contoso", ("+48225550101", "+48601200300"), id=5)
    ledger.keep_contacts([contact, Contact("Ola", "Contoso", ("+48501600700",), id=6)])
    for number, who in enumerate((JAN, replace(JAN, number="+48225550101"), replace(JAN, number="0601200300")), 1):
        called(ledger, number, who, 5.0)
    called(ledger, 4, OLA, 5.0)
    name = said(tmp_path, 1, 5.0)
    ledger.keep_card(replace(carded(ledger, 1, JAN, 5.0, False, name), contact=5))
    carded(ledger, 2, OLA, 5.0, False)
    return contact


def test_everything_of_one_contact_is_in_the_zip_and_nothing_of_others(tmp_path: Path, ledger: Ledger) -> None:
    somebody(tmp_path, ledger)
    sentence = export(tmp_path, ledger, "jan kowalski", "pl", tmp_path / "jan.zip", NOW)
    assert sentence == f"3 calls, 1 cards and 1 recordings are in {tmp_path / 'jan.zip'}."
    with zipfile.ZipFile(tmp_path / "jan.zip") as archive:
        assert archive.testzip() is None
        calls, cards = (json.loads(archive.read(f"{name}.json")) for name in ("calls", "cards"))
        assert archive.read("messages/call-000001.wav") == (tmp_path / "messages/call-000001.wav").read_bytes()
        everything = b"".join(archive.read(name) for name in archive.namelist())
    assert [call["number"] for call in calls] == [1, 2, 3]
    assert [(card["matter"], len(card["history"])) for card in cards] == [(SECRET, 1)]
    assert b"501600700" not in everything
    with pytest.raises(BadSettings, match="cannot be written"):
        export(tmp_path, ledger, "jan kowalski", "pl", tmp_path / "jan.zip", NOW)


def test_of_who_wants_to_be_forgotten_no_byte_is_left_and_calls_are_counted(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / LEDGER_NAME)
    somebody(tmp_path, ledger)
    who, contact = who_is("+48 22 555 01 01", ledger, "pl")
    assert contact is not None and who == EraseCaller(5, ("+48225550101", "+48601200300"))
    assert ledger.erase(tmp_path, who, "pl", NOW) == (3, 1)
    assert [call.outcome for call in ledger.calls()] == [Outcome.TRANSFERRED] * 4
    assert [contact.name for contact in ledger.contacts()] == ["Ola"]
    assert [(card.id, card.state) for card in ledger.cards(open_only=False)] == [(1, State.DONE), (2, State.OPEN)]
    ledger.close()
    left = b"".join(path.read_bytes() for path in tmp_path.rglob("*.*"))
    for trace in ("225550101", "601200300", "Kowalski"):
        assert trace.encode() not in left
    assert left.count(SECRET.encode()) >= 1, "what Ola has said is still there"
    assert not (tmp_path / "messages" / "call-000001.wav").exists()


@pytest.mark.parametrize("text", ["Piotr", "", "Contoso"])
def test_nobody_is_given_out_or_forgotten_by_mistake(text: str, tmp_path: Path, ledger: Ledger) -> None:
    somebody(tmp_path, ledger)
    with pytest.raises(BadSettings, match="nobody is called"):
        who_is(text, ledger, "pl")
    ledger.keep_contacts([Contact("Ola", "Fabrikam", ("+48501600799",), id=7)])
    with pytest.raises(BadSettings, match="2 contacts"):
        who_is("ola", ledger, "pl")


def test_of_a_number_that_several_share_only_its_own_calls_are_meant(tmp_path: Path, ledger: Ledger) -> None:
    somebody(tmp_path, ledger)
    ledger.keep_contacts([Contact("Ewa", "Contoso", ("+48225550101", "+48601999888"), id=8)])
    assert who_is("225550101", ledger, "pl") == (EraseCaller(0, ("+48225550101",)), None)
