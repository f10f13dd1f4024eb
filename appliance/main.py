"""The `frontdesk` command: it puts hardware, engine, stores and page together, and nothing imports it."""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import json
import logging
import math
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from appliance.acd.told import verdicts
from appliance.box import Box
from appliance.call import CallRecord
from appliance.clock import Clock, ScaledClock, SystemClock, Waiter
from appliance.faults import BadSettings, Fault, FrontdeskError, InUse, NoSpeech
from appliance.openlines import Supplies
from appliance.options import parser
from appliance.pbx.profiles import known_profiles, load_profile, told_of
from appliance.plain import plain
from appliance.prompts import load_words
from appliance.settings import LineSettings, Settings
from appliance.signals.countries import Country, country
from appliance.signals.levels import RATE_HZ
from appliance.speech import EspeakVoice
from appliance.store.ledger import LEDGER_NAME, Ledger, open_for_reading
from appliance.store.settings import SettingsStore, read_toml, settings_from
from appliance.store.watch import SettingsWatch
from appliance.telling import Helpers
from hardware.fxo.board import is_board
from hardware.fxo.hat import Hat
from hardware.fxo.site import HatSite
from hardware.instrument import Instrument
from hardware.line import LineKit, LineThread
from hardware.linecheck import CHECKS
from hardware.modem.modem import Modem, ModemSite
from hardware.outgoing import Outgoing
from hardware.watchdog import Watchdog

if TYPE_CHECKING:
    from appliance.addressbook.command import Desk
    from appliance.signals.ears import Hearing
    from hardware.simulated.profiles import Profile
    from hardware.simulated.story import CallerStory
    from hardware.simulated.world import PlannedHat, PlannedModem, World

log = logging.getLogger("frontdesk")

LOOPBACK = ("127.0.0.1", "localhost", "::1")
TRANSFERS = "transfers"
"""The day that is no day: nothing but hand-overs."""
WENT_WELL, WENT_WRONG, MISUSED, INTERRUPTED = 0, 1, 2, 130
"""Exit codes: all well; something is broken or a caller was lost; the command cannot be understood; Ctrl-C."""


# ---------------------------------------------------------------- the running program


def instrument_of(
    line: LineSettings,
    tones: Country,
    clock: Clock,
    site: ModemSite | None = None,
    hats: HatSite | None = None,
    reversal_hangs_up: bool = True,
) -> Callable[[Waiter, Outgoing], Instrument]:
    """What makes a line work: the HAT or the modem that its port names."""
    if is_board(line.port):
        return partial(Hat, line, clock, site=hats, reversal_hangs_up=reversal_hangs_up)
    return partial(Modem, line, tones, clock, site=site, reversal_hangs_up=reversal_hangs_up)


def box_of(
    settings: Settings,
    home: Path,
    clock: Clock,
    site: ModemSite | None = None,
    hats: HatSite | None = None,
    faults: Sequence[Fault] = (),
    watch: SettingsWatch | None = None,
    helpers: Helpers | None = None,
) -> Box:
    """The office of these settings on real lines, or on those that `site` and `hats` know.

    It begins with these `faults`, and takes up other settings that `watch` finds.
    """
    site, hats = site or ModemSite(), hats or HatSite()

    def open_line(line: LineSettings, settings: Settings, supplies: Supplies) -> LineThread:
        pbx, tones = settings.pbx.on(line), country(settings.country)
        kit = LineKit(
            clock, supplies.post, supplies.speech, supplies.music, supplies.recorder, tones, pbx, settings.listening
        )
        instrument = instrument_of(line, tones, clock, site, hats, pbx.reversal_hangs_up)
        return LineThread(line.name, kit, instrument, partial(site.finder.forget, line.name))

    return Box(settings, home, clock, open_line, faults=faults, watch=watch, helpers=helpers)


def helpers_of(home: Path) -> Helpers:
    """Who sends notices, and wakes the engine by the wall clock."""
    from hardware.alarm import Alarm  # imported late: the simulated offices have no wall clock
    from hardware.postman import Postman

    return Helpers(partial(Postman, home), Alarm)


def box_in(settings: Settings, home: Path, clock: Clock, world: World) -> Box:
    """The office of these settings on the lines of a simulated world."""
    from hardware.simulated.plugs import hats_of, site_of

    return box_of(settings, home, clock, site_of(world), hats_of(world))


@contextlib.contextmanager
def serve_page(box: Box, clock: Clock, speed: float = 1.0) -> Iterator[str]:
    """Serve the board of `box` while the block runs; gives its address."""
    from web.app import create_app  # imported late: the lines are armed before the page is loaded
    from web.serve import WebServer

    page = WebServer(
        create_app(box, home=box.home, clock=clock, speed=speed, language=box.settings.language),
        box.settings.web.host,
        box.settings.web.port,
    )
    page.start()
    try:
        yield page.url
    finally:
        page.stop()


@contextlib.contextmanager
def locked(home: Path, advice: str = InUse.advice) -> Iterator[None]:
    """Keep a second program away from the same home folder.

    Raises:
        InUse: there is one already.
        FrontdeskError: the folder cannot be used.
    """
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)  # callers are nobody else's business (R36)
        lock = (home / ".lock").open("w", encoding="ascii")
    except OSError as problem:
        raise _unusable(home, problem) from problem
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as problem:
            raise InUse(f"another frontdesk runs on {home}", advice) from problem
        yield


def _unusable(home: Path, problem: OSError) -> FrontdeskError:
    advice = "Choose a folder that this user may write, with --home or FRONTDESK_HOME."
    return FrontdeskError(f"the home folder {home} cannot be used: {problem.strerror}", advice)


# ---------------------------------------------------------------- commands


def tell(sentence: str) -> None:
    """Say something to the person at the terminal, if they want to hear it.

    Raises:
        BrokenPipeError: the program that reads it has gone.
        FrontdeskError: it could not be written.
    """
    if sys.stdout is None:  # closed by whoever started us
        return
    try:
        sys.stdout.write(f"{sentence}\n")
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as problem:
        sys.stdout = None  # or the end of the program would try once more
        raise FrontdeskError(f"nothing more can be written: {problem.strerror}", "Make room on the disk.") from problem


def complain(sentence: str) -> None:
    """Tell the person at the terminal what went wrong."""
    sys.stderr.write(f"frontdesk: {sentence}\n")


def asked_to_stop() -> threading.Event:
    """An event that Ctrl-C or a service manager sets."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    return stop


def run(options: argparse.Namespace) -> int:
    """Answer the office's telephones."""
    stop = asked_to_stop()
    if not EspeakVoice("en").available():
        raise NoSpeech("espeak-ng is not installed, so no caller could be spoken to")
    with locked(options.home), Watchdog(SystemClock()) as clock:
        store = SettingsStore(options.home, CHECKS)
        try:
            settings = _settings(options, store)
        except OSError as problem:
            raise _unusable(options.home, problem) from problem
        load_words(settings.language)
        for fault in store.faults:
            complain(f"{fault.problem} {fault.advice}")
        box = box_of(
            settings,
            options.home,
            clock,
            faults=store.faults,
            watch=SettingsWatch(store),
            helpers=helpers_of(options.home),
        )
        box.start()
        try:
            with contextlib.ExitStack() as page:
                try:
                    board = f"The board is at {page.enter_context(serve_page(box, clock))}"
                except FrontdeskError as problem:  # callers are served all the same
                    board = f"{problem.problem} {problem.advice}"
                tell(f"{settings.company}: {len(settings.lines)} line(s). {board} Stop with Ctrl-C.")
                if settings.web.host not in LOOPBACK:
                    tell("The page has no login yet: everybody in this network can read it.")
                while not stop.wait(0.5) and not box.crashed:
                    pass
        finally:
            box.stop()
    return WENT_WRONG if box.crashed else WENT_WELL


def _settings(options: argparse.Namespace, store: SettingsStore) -> Settings:
    """The stored settings; a file is imported into an empty home only, and a sentence says what happened."""
    if options.settings is None:
        settings = store.load_good()
        if settings is None:
            raise _no_settings(options.home)
        return settings
    settings, imported = store.import_once(options.settings)
    if imported:
        tell(f"The settings of {options.settings} were imported into {options.home}; from now on the stored ones rule.")
    else:
        tell(f"The settings stored in {options.home} rule; {options.settings} was not read.")
    return settings


def _no_settings(home: Path) -> BadSettings:
    advice = "Write one after settings.example.toml and start with --settings FILE."
    return BadSettings(f"there are no settings in {home} yet", advice)


def settings_file(options: argparse.Namespace) -> int:
    """Look at a settings file, put it in, or write out what is stored."""
    from appliance.ownersfile import examine, show, use

    store = SettingsStore(options.home)
    if options.show == (options.file is not None) or (options.show and options.use):
        raise BadSettings(
            "there is nothing to look at", "Name a settings file, or ask for the stored ones with --show."
        )
    try:
        if options.show:
            show(store, tell)
            return WENT_WELL
        if options.use:
            return WENT_WELL if use(options.file, store, CHECKS, options.json, tell) else MISUSED
        return MISUSED if examine(options.file, CHECKS, options.json, tell) is None else WENT_WELL
    except OSError as problem:
        raise _unusable(options.home, problem) from problem


def demo(options: argparse.Namespace) -> int:
    """A rehearsal: emulated modems, a simulated exchange, PBX and people, and the real program on them."""
    from hardware.simulated.demo import STAFF, demo_callers, demo_settings, judge
    from hardware.simulated.world import World

    stop = asked_to_stop()
    if not EspeakVoice("en").available():
        raise NoSpeech("espeak-ng is not installed, so no caller could be spoken to")
    save = None if options.save is None else made(options.save)
    tell(f"{options.calls} callers, at {options.speed:g} times the real pace. They are learning their lines ...")
    clock = ScaledClock(options.speed)
    modems = [_planned(name) for name in options.modem or ["cx93001", "cx93001"]]
    callers = demo_callers(options.calls, options.seed)
    world = World(clock, country="pl", modems=modems, staff=STAFF, callers=callers, seed=options.seed)
    with tempfile.TemporaryDirectory(prefix="frontdesk-demo-") as temporary, locked(options.home or Path(temporary)):
        home = options.home or Path(temporary)
        box = box_in(demo_settings(world.lines, options.port), home, clock, world)
        world.start()
        box.start()
        try:
            with serve_page(box, clock, options.speed) as url:
                tell(f"The live board is at {url}")
                told = 0
                while not (world.done and not box.busy) and not stop.wait(0.1):
                    told += _tell_new(world.stories[told:])
                    if box.crashed or world.failure is not None:
                        break
        finally:
            box.stop()
            world.stop()
        cards = open_for_reading(home)
        verdicts = [judge(story, cards.cards(open_only=False)) for story in world.stories]
        cards.close()
        if save is not None:
            world.save(save)
            tell(f"What both ends heard is in {save}")
    for verdict in sorted(verdicts, key=lambda verdict: verdict.order):
        mark = "LOST" if verdict.lost else "DEAD AIR" if verdict.dead_air_s else "well"
        tell(f"{verdict.order:3}  {verdict.who:<20} {mark:<9} {verdict.what}")
    bad = [verdict for verdict in verdicts if not verdict.well]
    missing = 0 if stop.is_set() else options.calls - len(verdicts)
    tell(f"{len(verdicts) - len(bad)} of {options.calls} callers were served well.")
    return WENT_WRONG if bad or missing or box.crashed else WENT_WELL


def made(folder: Path) -> Path:
    """The folder that somebody wants written to, made before any work is done for it.

    Raises:
        BadSettings: it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        advice = "Choose a folder that this user may write."
        raise BadSettings(f"nothing can be kept in {folder}: {problem.strerror}", advice) from problem
    return folder


def rehearse(options: argparse.Namespace) -> int:
    """Play five typical calls, and write down what everybody hears in them."""
    from hardware.simulated.makes import MAKES
    from hardware.simulated.typical import TYPICAL, perform

    if not EspeakVoice("en").available():
        raise NoSpeech("espeak-ng is not installed, so no caller could be spoken to")
    if options.pbx not in MAKES:
        raise BadSettings(f"there is no PBX called {options.pbx!r}", f"Choose one of {', '.join(MAKES)}.")
    pbx = settings_from({"company": "Northwind", "pbx": {"profile": options.pbx}}).pbx
    well, folder = True, made(options.folder)
    with tempfile.TemporaryDirectory(prefix="frontdesk-rehearsal-") as temporary:
        for number, call in enumerate(TYPICAL, 1):
            home = Path(temporary) / str(number)
            device = _planned(options.modem)
            performed = perform(call, device, (pbx, MAKES[options.pbx]), box_in, home, folder)
            well = well and performed.well
            for line in [json.dumps(performed.told())] if options.json else performed.sentences():
                tell(line)
    return WENT_WELL if well else WENT_WRONG


def _planned(name: str) -> PlannedModem | PlannedHat:
    """A modem of the simulated world by its profile, or a HAT by its board."""
    from hardware.simulated.world import PlannedHat, PlannedModem

    return PlannedHat(name) if is_board(name) else PlannedModem(_profile(name))


def _tell_new(stories: Sequence[CallerStory]) -> int:
    """Tell of calls that have just ended; how many."""
    for story in stories:
        tell(f"  {story.began:6.0f} s  {story.name or story.number or 'unknown caller'}: {story.ended_how}")
    return len(stories)


def simulate_day(options: argparse.Namespace) -> int:
    """Live through an office day in virtual time."""
    from hardware.simulated.days import load_day, simulate

    if options.day == TRANSFERS:
        return _simulate_transfers(options)
    if options.count is not None or options.heard:
        advice = "Leave out --count and --heard, or write the calls into the file of the day."
        raise BadSettings("only transfers are counted or heard", advice)
    report = simulate(load_day(options.day), options.seed, _progress() if sys.stderr.isatty() else None)
    if options.json:
        tell(json.dumps(report.as_json(), indent=2, ensure_ascii=False))
    else:
        for line in report.sentences():
            tell(line)
    return WENT_WRONG if report.complaints else WENT_WELL


def _simulate_transfers(options: argparse.Namespace) -> int:
    """Have thousands of callers handed over, with every misfortune; nobody may be lost."""
    from hardware.simulated.transfers import simulate_transfers

    if options.heard:
        return _hear_transfers(options)
    report = simulate_transfers(options.count or 10_000, options.seed, _progress() if sys.stderr.isatty() else None)
    if options.json:
        tell(json.dumps(report.as_json(), indent=2, ensure_ascii=False))
        return WENT_WELL if report.went_well else WENT_WRONG
    tell(f"{report.calls} callers in {report.offices} offices, seed {report.seed}")
    for what, count in report.totals.items():
        tell(f"{count:8}  {what.replace('_', ' ')}")
    for complaint in report.complaints:
        tell(f"BROKEN RULE: {complaint}")
    return WENT_WELL if report.went_well else WENT_WRONG


def _hear_transfers(options: argparse.Namespace) -> int:
    """The same with sound: so many callers on every make of PBX, through emulated modems."""
    from hardware.simulated.makes import MAKES
    from hardware.simulated.transfers.audible import hear_transfers

    if not EspeakVoice("en").available():
        raise NoSpeech("espeak-ng is not installed, so no caller could be spoken to")
    well = True
    for make, behaves in MAKES.items():
        pbx = settings_from({"company": "Northwind", "pbx": {"profile": make}}).pbx
        modems = [_planned(name) for name in ("cx93001", "usr5637", "zoom3095", "cx93001")]
        with tempfile.TemporaryDirectory(prefix="frontdesk-transfers-") as home:
            heard = hear_transfers(
                (pbx, behaves), modems, box_in, Path(home), count=options.count or 50, seed=options.seed
            )
        well = well and heard.went_well
        for line in [json.dumps({"pbx": make, **heard.as_json()})] if options.json else heard.sentences(make):
            tell(line)
    return WENT_WELL if well else WENT_WRONG


def _progress() -> Callable[[float], None]:
    def show(share: float) -> None:
        sys.stderr.write(f"\r{share:4.0%}" if share < 1 else "\r    \r")
        sys.stderr.flush()

    return show


def emulate(options: argparse.Namespace) -> int:
    """Offer an emulated modem to any program."""
    from hardware.simulated.emulate import load_calls, run_emulation

    stop = asked_to_stop()
    calls = load_calls(options.calls) if options.calls is not None else ()
    run_emulation(
        _profile(options.profile), options.link, calls, options.save, options.country, SystemClock(), stop.is_set, tell
    )
    return WENT_WELL


def _profile(name: str) -> Profile:
    from hardware.simulated.profiles import PROFILES

    if name not in PROFILES:
        raise BadSettings(f"there is no emulated modem called {name!r}", f"Choose one of {', '.join(PROFILES)}.")
    return PROFILES[name]


def calls(options: argparse.Namespace) -> int:
    """List the calls of the ledger."""
    ledger = open_for_reading(options.home)
    records = ledger.calls(options.last)
    ledger.close()
    if options.json:
        for record in records:
            told = {"told_waits": [verdict.as_json() for verdict in verdicts(record)]}
            tell(json.dumps(plain(record) | told, ensure_ascii=False))
        return WENT_WELL
    for record in reversed(records):
        tell(_call_line(record))
    if not records:
        tell(f"There are no calls in {options.home} yet.")
    return WENT_WELL


def privacy(options: argparse.Namespace) -> int:
    """Tell how long things are kept; give out, or forget, what is known of one caller."""
    from appliance.privacycommand import export, told, who_is

    settings = SettingsStore(options.home).peek()
    if settings is None:
        raise _no_settings(options.home)
    if options.erase is not None:
        with locked(options.home, "Stop it while somebody is forgotten."):
            ledger = Ledger(options.home / LEDGER_NAME)
            who, _ = who_is(options.erase, ledger, settings.country)
            calls, cards = ledger.erase(options.home, who, settings.country, SystemClock().today())
            ledger.close()
        tell(f"{calls} calls and {cards} cards say nothing of them any more.")
        return WENT_WELL
    reader = open_for_reading(options.home)
    try:
        if options.export is None:
            for sentence in told(settings.privacy, reader.forgettings()):
                tell(sentence)
        elif options.to is None:
            raise BadSettings("it is not said where to write it", "Name a file: --to jan.zip")
        else:
            now = SystemClock().today()
            tell(export(options.home, reader, options.export, settings.country, options.to, now))
    finally:
        reader.close()
    return WENT_WELL


def explain(options: argparse.Namespace) -> int:
    """Tell what becomes of a caller, or what a phone form means."""
    from appliance.explaincommand import book_in, explanation, form_told, read_moment, told

    settings = read_toml(options.settings) if options.settings else SettingsStore(options.home).peek()
    if settings is None:
        raise _no_settings(options.home)
    if options.form is not None:
        tell(form_told(settings, options.form))
        return WENT_WELL
    at = read_moment(options.at, SystemClock().today())
    book = book_in(options.home, settings)
    tell(told(explanation(settings, book, options.caller, at, options.line, options.key), options.json))
    return WENT_WELL


def contacts(options: argparse.Namespace) -> int:
    """Bring in, write out or look up those whom the office knows."""
    from appliance.addressbook import command
    from appliance.addressbook.found import Premises

    settings = _stored_settings(options.home)
    code = options.country or (settings.country if settings else "")
    people = {person.name: person.extension for person in settings.people} if settings else {}
    desk = command.Desk(options.home, Premises(code, people), tell, complain)
    well = True
    match options.action:
        case "import":
            if not code:
                raise BadSettings("it is not known whose numbers these are", "Name the country, as in --country pl.")
            _asked_for(options.country)
            well = _import_contacts(options, desk)
        case "export":
            command.export_contacts(desk, options.file)
        case "find":
            command.find_contacts(desk, " ".join(options.text), options.json)
        case _:
            command.list_contacts(desk, options.json)
    return WENT_WELL if well else WENT_WRONG


def _import_contacts(options: argparse.Namespace, desk: Desk) -> bool:
    """Into the ledger, or, where a running box has it to itself, to the box; `True`: nothing was left out."""
    from appliance.addressbook import command

    if options.check:
        return command.check_contacts(desk, options.file)
    try:
        with locked(options.home):
            return command.import_contacts(desk, options.file)
    except InUse:
        return command.hand_over_contacts(desk, options.file, asked_to_stop().wait)


def plan(options: argparse.Namespace) -> int:
    """Tell how many lines and people the office needs."""
    from appliance.plan import plan as plan_for

    plan_for(options, tell)
    return WENT_WELL


def doctor(options: argparse.Namespace) -> int:
    """Look at the modems."""
    from hardware.modem.doctor import Premises, look_at, ports_to_look_at, told, went_well
    from hardware.modem.report import as_json

    settings = _stored_settings(options.home)
    code = options.country or (settings.country if settings else None)
    premises = Premises(_asked_for(code), settings.lines if settings else ())
    clock, ports = SystemClock(), ports_to_look_at(options.ports, premises)
    if options.survey:
        if len(ports) != 1 or not options.ports:
            raise BadSettings("a survey takes one modem", "Name its port: frontdesk doctor /dev/ttyACM0 --survey")
        from hardware.modem.survey import run_survey

        return run_survey(ports[0][0], clock, premises, options.record or Path("survey"), input, tell)
    reports = look_at(ports, clock, premises, options.record)
    tell(as_json(reports).rstrip() if options.json else told(reports))
    return WENT_WELL if went_well(reports) else WENT_WRONG


def pbx(options: argparse.Namespace) -> int:
    """List the makes of PBX, or tell of one each value with its source."""
    if options.profile is None:
        for name in known_profiles():
            tell(f"{name:14}  {load_profile(name).title}")
        return WENT_WELL
    try:
        make = load_profile(options.profile)
    except KeyError:
        advice = f"Choose one of {', '.join(known_profiles())}."
        raise BadSettings(f"there is no profile called {options.profile!r}", advice) from None
    for line in told_of(make):
        tell(line)
    return WENT_WELL


def teach(options: argparse.Namespace) -> int:
    """Find out how the PBX wants to be spoken to, and keep it."""
    from appliance.teach.keeping import keep
    from appliance.teach.lesson import Wishes
    from appliance.teach.phones import Phones
    from hardware.teaching import teach_on

    advice = "Stop it while you teach: a running box has the lines to itself."
    with locked(options.home, advice):
        store = SettingsStore(options.home)
        settings = store.load()
        if settings is None or not settings.lines:
            raise BadSettings(f"there are no lines in {options.home} yet", "Start the box once with --settings FILE.")
        line = _line_called(options.line, settings)
        clock, outgoing = SystemClock(), Outgoing(np.zeros(RATE_HZ, np.int16))
        waiter = clock.waiter("teach")
        make = instrument_of(line, country(settings.country), clock, reversal_hangs_up=settings.pbx.reversal_hangs_up)
        say = complain if options.json else tell
        phones = Phones(options.free, options.busy, options.wrong, options.rings)
        wishes = Wishes(options.window, options.slow, options.from_outside)
        try:
            card = teach_on(make(waiter, outgoing), outgoing, clock, settings, line, phones, say, wishes)
        finally:
            waiter.close()
        tell(json.dumps(card.as_json(), indent=2, ensure_ascii=False) if options.json else card.told())
        say(keep(card, settings, store, anyway=options.save_anyway))
    return WENT_WELL if card.passed else WENT_WRONG


def _line_called(name: str | None, settings: Settings) -> LineSettings:
    """The line of that name, or the only one."""
    if name is None and len(settings.lines) == 1:
        return settings.lines[0]
    found = next((line for line in settings.lines if line.name == name), None)
    if found is None:
        names = ", ".join(line.name for line in settings.lines)
        raise BadSettings(
            f"no line is called {name}" if name else "there are several lines", f"The lines are: {names}."
        )
    return found


def listen(options: argparse.Namespace) -> int:
    """Name what can be heard in recordings, or on a line."""
    from appliance.listen import listen as listen_to
    from appliance.listen import teach as learn_from
    from appliance.signals.ears import Hearing
    from appliance.signals.learn import TEACHABLE

    tones = _asked_for(options.country)
    only = tuple(Hearing(kind) for kind in options.only or ()) or tuple(Hearing)
    if options.port:
        return _listen_live(options, tones, only)
    if not options.files:
        raise BadSettings("there is nothing to listen to", "Name recordings, or a modem or HAT with --port.")
    if options.learn:
        return learn_from(options.files, TEACHABLE[options.learn], tones, tell)
    return listen_to(options.files, tones, only, options.json, tell, complain)


def _asked_for(code: str | None) -> Country | None:
    """The country that was typed, if one was."""
    try:
        return country(code) if code else None
    except BadSettings as problem:
        raise BadSettings(problem.problem, "Write two letters, as in --country pl.") from problem


def _listen_live(options: argparse.Namespace, tones: Country | None, only: Sequence[Hearing]) -> int:
    from appliance.listen import listen_live
    from hardware.live import live_sound

    if options.files:
        raise BadSettings("either files or a port can be listened to", "Leave one of them out.")
    stop, clock = asked_to_stop(), SystemClock()
    waiter, outgoing = clock.waiter("listen"), Outgoing(np.zeros(RATE_HZ, np.int16))
    until = clock.now() + (options.seconds or math.inf)
    line = LineSettings(options.port, options.port)
    instrument: Instrument
    if is_board(options.port):
        instrument = Hat(line, clock, waiter, outgoing, overhears=options.on_hook)
    elif options.on_hook:
        raise BadSettings("a modem hears nothing on-hook", "Leave out --on-hook, and it takes the line.")
    else:
        instrument = Modem(line, tones or country("us"), clock, waiter, outgoing)
    blocks = live_sound(
        instrument,
        outgoing,
        clock,
        off_hook=not options.on_hook,
        ended=lambda: stop.is_set() or clock.now() >= until,
    )
    listen_live(blocks, options.port, tones, only, options.json, tell)
    waiter.close()
    return WENT_WELL


def _stored_settings(home: Path) -> Settings | None:
    """The settings if there are any: a modem can be looked at without them."""
    try:
        return SettingsStore(home).load()
    except (FrontdeskError, OSError) as problem:
        log.info("the settings in %s could not be read: %s", home, problem)
        return None


def _call_line(record: CallRecord) -> str:
    """One call in one line: number, when, from whom, rings, how it ended, attempts to put through."""
    answered = (
        "not answered" if record.answer_s is None else f"answered after {record.answer_s:.1f} s, {record.rings} ring(s)"
    )
    if record.outgoing:
        answered = "called by the box"
    tried = ", ".join(f"{attempt.person}: {attempt.result.value}" for attempt in record.transfers)
    outcome = "still going on" if record.outcome is None else record.outcome.value
    who = record.caller_id.spoken_of
    return f"{record.number:6}  {record.started:%d.%m. %H:%M}  {record.line}  {who:<22} {answered}; {outcome}" + (
        f" ({tried})" if tried else ""
    )


def _in_words(problem: FrontdeskError) -> str:
    """What is wrong and what to do; of several things in the settings each on a line of its own."""
    if isinstance(problem, BadSettings) and len(problem.problems) > 1:
        where = problem.where or "the settings"
        return "\n  ".join([f"{where}: several things are to be corrected.", *problem.problems])
    return f"{problem.problem}. {problem.advice}".replace("..", ".")


def notify(options: argparse.Namespace) -> int:
    """Tell who is told what by notice, or try all addresses."""
    from hardware.notifytest import told_of, try_all

    settings = _needed_settings(options.home)
    if not options.test:
        for line in told_of(settings, options.home, options.to):
            tell(line)
        return WENT_WELL
    return WENT_WELL if try_all(settings, options.home, options.to, SystemClock().today(), tell) else WENT_WRONG


def letter(options: argparse.Namespace) -> int:
    """Write the daily sheet or the weekly letter."""
    from appliance.letters.late import sheet_in, week_in
    from hardware.notifytest import recipients

    settings, now = _needed_settings(options.home), SystemClock().today()
    [recipient] = recipients(settings, options.to or "office")
    ledger = open_for_reading(options.home)
    try:
        day = options.which == "day"
        written = sheet_in(ledger, settings, recipient.to, now) if day else week_in(ledger, settings, now)
    finally:
        ledger.close()
    tell((written.html() if options.html else written.text()).rstrip("\n"))
    return WENT_WELL


def calendar(options: argparse.Namespace) -> int:
    """Make, take back or list the secret addresses of calendars."""
    from appliance.store.calendars import Calendars, told_of

    for line in told_of(
        Calendars(options.home), _needed_settings(options.home), options.extension, options.new, options.revoke
    ):
        tell(line)
    return WENT_WELL


def _needed_settings(home: Path) -> Settings:
    """The stored settings.

    Raises:
        BadSettings: there are none.
    """
    settings = SettingsStore(home).peek()
    if settings is None:
        raise BadSettings(f"there are no settings in {home} yet", "Start the box once with --settings FILE.")
    return settings


ACTIONS: dict[str, Callable[[argparse.Namespace], int]] = {
    "run": run,
    "settings": settings_file,
    "demo": demo,
    "rehearse": rehearse,
    "simulate": simulate_day,
    "emulate": emulate,
    "doctor": doctor,
    "pbx": pbx,
    "teach": teach,
    "listen": listen,
    "plan": plan,
    "notify": notify,
    "letter": letter,
    "calendar": calendar,
    "calls": calls,
    "privacy": privacy,
    "explain": explain,
    "contacts": contacts,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; what is broken is told in a sentence, with advice."""
    options = parser().parse_args(arguments)
    logging.basicConfig(
        level=logging.INFO if options.verbose or options.command == "run" else logging.ERROR,
        format="%(asctime)s %(message)s",
        stream=sys.stderr,
    )
    try:
        return ACTIONS[options.command](options)
    except FrontdeskError as problem:
        complain(_in_words(problem))
        return MISUSED if isinstance(problem, BadSettings) else WENT_WRONG
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        return WENT_WELL
