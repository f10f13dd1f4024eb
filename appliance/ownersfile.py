"""What an owner does with a settings file: look whether it can be used, put it in, write out what is stored.

A file with faults changes nothing: all of them are told, and the stored settings stay in force. Those that are put in
beside a running box are taken up by it within seconds, as soon as nobody is on the telephone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from appliance.faults import BadSettings
from appliance.store.plainform import plain_from
from appliance.store.rules import Check
from appliance.store.settings import Examined, SettingsStore, examine_toml

Tell = Callable[[str], None]


def examine(path: Path, checks: Sequence[Check], as_json: bool, tell: Tell) -> Examined | None:
    """Tell everything that is to be corrected in the file, and what its owner should think about again.

    `None`: it cannot be used as it stands.
    """
    found: Examined | None = None
    problems: tuple[str, ...] = ()
    try:
        found = examine_toml(path, checks)
    except BadSettings as wrong:
        problems = wrong.problems
    advice = () if found is None else found.advice
    if as_json:
        told = {"usable": found is not None, "problems": problems, "advice": advice}
        tell(json.dumps(told, indent=2, ensure_ascii=False))
        return found
    for sentence in (*problems, *(f"Think about this again: {words}" for words in advice)):
        tell(sentence)
    these = "this" if len(problems) == 1 else "these"
    cannot = f"{path.name} cannot be used yet: correct {these} and look again."
    tell(cannot if found is None else f"{path.name} can be used as it stands.")
    return found


def use(path: Path, store: SettingsStore, checks: Sequence[Check], as_json: bool, tell: Tell) -> bool:
    """Put the file in the place of the stored settings; `False`: it has faults, which were told, and nothing changed.

    Raises `OSError` when the disk is full or refuses.
    """
    found = examine(path, checks, as_json, tell)
    if found is None:
        return False
    store.save(found.settings)
    if not as_json:
        tell(f"The settings are now stored in {store.path}; a box that runs there takes them up after its last call.")
    return True


def show(store: SettingsStore, tell: Tell) -> None:
    """Write the stored settings as a settings file. A PIN stays the hash that is kept of it, which can be read again.

    Raises `BadSettings` when there are none or they cannot be used, `DamagedStore` when they cannot be read.
    """
    import tomlkit  # only a person who asks for it waits for it

    settings = store.load()
    if settings is None:
        home = store.path.parent
        raise BadSettings(f"there are no settings in {home} yet", "Put some in: frontdesk settings FILE --use.")
    tell(tomlkit.dumps(plain_from(settings)).rstrip())
