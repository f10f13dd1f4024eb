"""What can be typed: the commands of `frontdesk` and their options. What they do stands in `appliance.main`."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from appliance.signals.learn import TEACHABLE

DEFAULT_HOME = "/var/lib/frontdesk"


def parser() -> argparse.ArgumentParser:
    """What can be typed."""
    told = argparse.ArgumentParser(
        prog="frontdesk", description="A receptionist for small offices with analog telephone lines."
    )
    told.add_argument("--version", action="version", version=f"frontdesk {version('frontdesk')}")
    told.add_argument("--verbose", "-v", action="store_true", help="tell the story of every call on standard error")
    commands = told.add_subparsers(dest="command", required=True, metavar="COMMAND")
    home = Path(os.environ.get("FRONTDESK_HOME", DEFAULT_HOME))

    def command(name: str, text: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")

    def home_option(added: argparse.ArgumentParser) -> None:
        added.add_argument("--home", type=Path, default=home, help=f"where everything is kept (default {home})")

    added = command("run", "answer the office's telephones")
    home_option(added)
    added.add_argument(
        "--settings", type=Path, metavar="FILE", help="settings in TOML, imported once into an empty home (see README)"
    )

    added = command("settings", "tell everything that is to be corrected in a settings file, or put it in")
    added.add_argument("file", nargs="?", type=Path, metavar="FILE", help="settings in TOML")
    added.add_argument("--use", action="store_true", help="put them in the place of the stored ones, if they can be")
    added.add_argument("--show", action="store_true", help="write the stored ones as such a file")
    added.add_argument("--json", action="store_true", help="what is to be corrected, for programs")
    home_option(added)

    added = command("demo", "answer simulated callers on emulated modems, with the live board; ends by itself")
    added.add_argument("--calls", type=_from_to(1, 1000), default=12, metavar="N", help="how many people call (12)")
    added.add_argument("--speed", type=_speed, default=1.0, metavar="X", help="how many times faster than life (1)")
    added.add_argument("--seed", type=int, default=1, help="another number gives other moments (1)")
    added.add_argument("--save", type=Path, metavar="DIR", help="keep what both ends heard as WAV files")
    added.add_argument("--port", type=_from_to(0, 65535), default=8080, help="where the board is served (8080; 0: any)")
    added.add_argument(
        "--modem", action="append", metavar="PROFILE", help="or a HAT, as fxo:ch1817-usb; once for each line"
    )
    added.add_argument("--home", type=Path, help="keep the office's memory in this folder (else it is thrown away)")

    added = command("rehearse", "play five typical calls, write what caller and colleague hear as WAV, and measure it")
    added.add_argument("folder", type=Path, metavar="DIR", help="where the WAV files go")
    added.add_argument("--pbx", default="generic-etsi", metavar="MAKE", help="on which PBX (generic-etsi)")
    added.add_argument("--modem", default="cx93001", metavar="PROFILE", help="or a HAT, as fxo:ch1817-usb (cx93001)")
    added.add_argument("--json", action="store_true", help="a JSON object for each call")

    added = command("simulate", "live through an office day in virtual time")
    added.add_argument(
        "day",
        metavar="DAY",
        help="quiet, monday, monday_morning, storm, lunch, one_person_ill, holiday, a file of your own (docs/days.md),"
        " or transfers: nothing but hand-overs",
    )
    added.add_argument("--seed", type=int, default=1, metavar="N", help="the same number gives the same day (1)")
    added.add_argument(
        "--count", type=_from_to(1, 1_000_000), metavar="N", help="with transfers: how many callers (10000)"
    )
    added.add_argument(
        "--heard", action="store_true", help="with transfers: through emulated modems, N callers on every PBX (50)"
    )
    added.add_argument("--json", action="store_true", help="everything, for programs")

    added = command("emulate", "offer an emulated voice modem to any program, until stopped")
    added.add_argument(
        "profile", metavar="PROFILE", help="cx93001, usr5637, si24xx and others; a wrong name lists them"
    )
    added.add_argument("--link", type=Path, metavar="PATH", help="a symbolic link that leads to its port")
    added.add_argument(
        "--calls", type=Path, metavar="FILE",
        help="a JSON list of calls: at, number, name, says (text or WAV), presses ([[seconds after off-hook, key]]),"
        " hangs_up ({after, how: busy, loop or silence})",
    )  # fmt: skip
    added.add_argument("--save", type=Path, metavar="DIR", help="keep what both ends heard, and a report of each call")
    added.add_argument("--country", default="pl", help="whose tones and caller ID (pl)")

    added = command("doctor", "look at the modems, and tell what to do")
    added.add_argument(
        "ports", nargs="*", metavar="PORT", help="a path, a socket as usb:1-1.2, or a HAT as fxo:ch1817-usb (all ports)"
    )
    added.add_argument("--json", action="store_true", help="a JSON list with everything about each port")
    added.add_argument("--record", type=Path, metavar="FOLDER", help="keep the dialogues there, numbers masked")
    added.add_argument("--survey", action="store_true", help="measure one modem with a person's help, for an hour")
    added.add_argument("--country", metavar="CODE", help="whose line it is, as in pl (as in the stored settings)")
    home_option(added)

    added = command("pbx", "tell what is known of a make of PBX, and where from")
    added.add_argument("profile", nargs="?", metavar="NAME", help="as in the settings; without it, list them")

    added = command("teach", "find out how your PBX wants to be spoken to, with two telephones and somebody to help")
    added.add_argument("--line", metavar="NAME", help="which line of the settings (the only one)")
    added.add_argument("--free", required=True, metavar="NUMBER", help="where somebody answers and keeps talking")
    added.add_argument("--busy", required=True, metavar="NUMBER", help="a telephone whose handset lies beside it")
    added.add_argument("--wrong", required=True, metavar="NUMBER", help="a number that nobody has")
    added.add_argument(
        "--rings",
        default="",
        metavar="NUMBER",
        help="a third telephone, which nobody answers (else the busy one helps)",
    )
    added.add_argument("--from-outside", action="store_true", help="hold somebody who calls this line from outside")
    added.add_argument("--window", action="store_true", help="find the shortest and the longest hook flash")
    added.add_argument("--slow", action="store_true", help="find out when a caller comes back who was left ringing")
    added.add_argument("--save-anyway", action="store_true", help="keep what was found even if a check failed")
    added.add_argument("--json", action="store_true", help="the card for programs")
    home_option(added)

    added = command("listen", "name what can be heard in recordings of a line, or on the line itself")
    added.add_argument("files", nargs="*", metavar="FILE.wav", help="recordings")
    added.add_argument("--country", metavar="CODE", help="whose tones, as in pl (all; the end tells which fit)")
    added.add_argument(
        "--only", choices=("dtmf", "callerid", "tone"), action="append", help="nothing but keys, callers or tones"
    )
    added.add_argument("--json", action="store_true", help="a JSON object a line, one for each event")
    added.add_argument(
        "--learn", choices=tuple(TEACHABLE), help="learn this tone of your PBX from the recordings, for the settings"
    )
    added.add_argument("--port", metavar="DEV", help="listen to the line of this modem or HAT, until stopped")
    added.add_argument("--seconds", type=_from_to(1, 86_400), metavar="N", help="with --port: stop after so long")
    added.add_argument("--on-hook", action="store_true", help="with --port and a HAT: do not take the line")

    added = command("explain", "tell what happens if this number calls at that moment, and why")
    asked = added.add_mutually_exclusive_group(required=True)
    asked.add_argument("--from", dest="caller", metavar="NUMBER", help="a number, an extension, withheld, or unknown")
    asked.add_argument("--form", metavar="PERSON", help="or: what the phone form of this person means, in plain words")
    added.add_argument("--at", default="now", metavar="TIME", help='as "fri 13:10", 13:10 or 2026-12-24T09:00 (now)')
    added.add_argument("--line", default="", metavar="NAME", help="on which line (the first)")
    added.add_argument("--key", default="", metavar="KEY", help="which key they press in the menu")
    added.add_argument("--settings", type=Path, metavar="FILE", help="with these settings instead of the stored ones")
    added.add_argument("--json", action="store_true", help="everything, for programs")
    home_option(added)

    added = command("plan", "tell how many lines and people the office needs, from its own calls or from a guess")
    home_option(added)
    added.add_argument(
        "--days", type=_from_to(1, 1000), default=90, metavar="N", help="look at so many of the last (90)"
    )
    added.add_argument("--lines", type=_from_to(1, 100), metavar="N", help="lines there are (those of the settings)")
    added.add_argument("--people", type=_from_to(1, 1000), metavar="N", help="people at work (those of the settings)")
    added.add_argument("--calls-per-hour", type=_from_to(1, 10_000), metavar="N", help="a guess, in place of the calls")
    added.add_argument("--talk", type=_from_to(1, 36_000), default=180, metavar="S", help="how long they talk (180)")
    added.add_argument("--on-line", type=_from_to(1, 36_000), default=60, metavar="S", help="until put through (60)")
    added.add_argument("--patience", type=_from_to(1, 36_000), metavar="S", help="how long callers wait (for ever)")
    added.add_argument("--json", action="store_true", help="everything, for programs")

    added = command("privacy", "tell how long things are kept of callers; give out or forget all of one caller")
    asked = added.add_mutually_exclusive_group()
    asked.add_argument("--export", metavar="WHO", help="all that is known of a number, or of a contact by name")
    asked.add_argument("--erase", metavar="WHO", help="forget them and what they have said; calls still count")
    added.add_argument("--to", type=Path, metavar="FILE", help="with --export: the zip file to be written")
    home_option(added)

    added = command("notify", "tell who is told what by e-mail and the like, or send everybody a test")
    home_option(added)
    added.add_argument("--test", action="store_true", help="send a test to every address, and tell how it went")
    added.add_argument("--to", metavar="EXTENSION", help='only to this person, or to the "office"')

    added = command("letter", "write the daily sheet or the weekly letter, to be read or printed")
    home_option(added)
    added.add_argument("which", choices=("day", "week"), help="what is open today, or how the last week was")
    added.add_argument("--for", dest="to", metavar="EXTENSION", help="with day: the sheet of one person")
    added.add_argument("--html", action="store_true", help="as a page that can be printed")

    added = command("calendar", "give somebody the secret address of their cards, for their own calendar")
    home_option(added)
    added.add_argument("extension", nargs="?", metavar="EXTENSION", help="whose; without it, list who has one")
    added.add_argument("--new", action="store_true", help="make a new address; the one before no longer works")
    added.add_argument("--revoke", action="store_true", help="take the address back")

    added = command("calls", "list the calls")
    home_option(added)
    added.add_argument("--last", type=_from_to(1, 100_000), default=50, metavar="N", help="how many (50)")
    added.add_argument("--json", action="store_true", help="a JSON object a line, newest first")

    _contacts(
        command("contacts", "bring in, write out and look up the people and companies whom the office knows"), home
    )
    return told


def _contacts(contacts: argparse.ArgumentParser, home: Path) -> None:
    """What can be typed after `frontdesk contacts`."""
    actions = contacts.add_subparsers(dest="action", required=True, metavar="ACTION")

    def action(name: str, text: str) -> argparse.ArgumentParser:
        added = actions.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
        added.add_argument("--home", type=Path, default=home, help=f"where everything is kept (default {home})")
        added.add_argument(
            "--country", metavar="CODE", help="whose numbers they are, as in pl (that of the stored settings)"
        )
        return added

    added = action("import", "bring in contacts from CSV or vCard, also beside a running box; nobody is taken out")
    added.add_argument("file", type=Path, metavar="FILE")
    added.add_argument("--check", action="store_true", help="only tell what it would do")
    added = action("export", "write all contacts into a file, as CSV (FILE.csv) or vCard (FILE.vcf)")
    added.add_argument("file", type=Path, metavar="FILE")
    added = action("find", "tell who calls from a number, or in whom a text is found")
    added.add_argument("text", nargs="+", metavar="TEXT|NUMBER")
    added.add_argument("--json", action="store_true", help="a JSON object a line")
    added = action("list", "list all contacts by name")
    added.add_argument("--json", action="store_true", help="a JSON object a line")


def _from_to(least: int, most: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        value = int(text)
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"{value} is not between {least} and {most}")
        return value

    return number


def _speed(text: str) -> float:
    value = float(text)
    if not 0.1 <= value <= 1000:
        raise argparse.ArgumentTypeError(f"{text} is not between 0.1 and 1000")
    return value
