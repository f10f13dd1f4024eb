"""A line finds its modem again, whatever the kernel calls it now (R32, quirk Q20)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from appliance.faults import PortMissing
from hardware.find import FoundPort, PortFinder, serial_ports

Plugged = Callable[..., list[FoundPort]]


@pytest.fixture
def plugged(tmp_path: Path) -> Plugged:
    """Ports as the kernel lists them: name, socket, and what distinguishes the modem; each has its file."""

    def plug(*ports: tuple[str, str, str, str]) -> list[FoundPort]:
        for old in tmp_path.glob("tty*"):
            old.unlink()
        found = []
        for name, usb_id, socket, serial in ports:
            (tmp_path / name).touch()
            found.append(FoundPort(str(tmp_path / name), usb_id, socket, serial))
        return found

    return plug


def test_the_name_in_the_settings_is_where_it_begins(plugged: Plugged, tmp_path: Path) -> None:
    there = plugged(("ttyACM0", "0572:1340", "1-1.1", ""), ("ttyACM1", "0572:1340", "1-1.2", ""))
    assert PortFinder(lambda: there).locate("Line 1", str(tmp_path / "ttyACM1")).socket == "1-1.2"


def test_a_link_is_as_good_as_a_name(plugged: Plugged, tmp_path: Path) -> None:
    there = plugged(("ttyACM0", "0572:1340", "1-1.1", ""))
    (tmp_path / "modem").symlink_to(tmp_path / "ttyACM0")
    found = PortFinder(lambda: there).locate("Line 1", str(tmp_path / "modem"))
    assert (found.path, found.socket) == (str(tmp_path / "modem"), "1-1.1")


def test_a_socket_is_a_name_too(plugged: Plugged) -> None:
    there = plugged(("ttyACM0", "0572:1340", "1-1.1", ""), ("ttyACM1", "0572:1340", "1-1.2", ""))
    finder = PortFinder(lambda: there)
    assert finder.locate("Line 1", "usb:1-1.2").path.endswith("ttyACM1")
    with pytest.raises(PortMissing, match=r"usb:1-1\.3"):
        finder.locate("Line 2", "usb:1-1.3")


def test_a_modem_that_comes_back_under_another_name_is_found_by_its_socket(plugged: Plugged, tmp_path: Path) -> None:
    there = plugged(("ttyACM0", "0572:1340", "1-1.1", ""))
    finder = PortFinder(lambda: there)
    finder.locate("Line 1", str(tmp_path / "ttyACM0"))
    there[:] = plugged()
    with pytest.raises(PortMissing):
        finder.locate("Line 1", str(tmp_path / "ttyACM0"))
    there[:] = plugged(("ttyACM3", "0572:1340", "1-1.1", ""))
    assert finder.locate("Line 1", str(tmp_path / "ttyACM0")).path.endswith("ttyACM3")


def test_a_modem_that_was_moved_to_another_socket_is_found_by_its_serial_number_or_kind(
    plugged: Plugged, tmp_path: Path
) -> None:
    there = plugged(("ttyACM0", "0572:1340", "1-1.1", "A7"), ("ttyACM1", "0572:1340", "1-1.2", "B8"))
    finder = PortFinder(lambda: there)
    finder.locate("Line 1", str(tmp_path / "ttyACM0"))
    finder.locate("Line 2", str(tmp_path / "ttyACM1"))
    there[:] = plugged(("ttyACM1", "0572:1340", "1-1.2", "B8"), ("ttyACM5", "0572:1340", "1-1.4", "A7"))
    assert finder.locate("Line 1", str(tmp_path / "ttyACM0")).socket == "1-1.4"


def test_no_line_takes_the_modem_of_another(plugged: Plugged, tmp_path: Path) -> None:
    """Its own is unplugged, and the other one has got its name after a restart of the hub."""
    there = plugged(("ttyACM0", "0572:1340", "1-1.1", ""), ("ttyACM1", "0572:1340", "1-1.2", ""))
    finder = PortFinder(lambda: there)
    finder.locate("Line 1", str(tmp_path / "ttyACM0"))
    finder.locate("Line 2", str(tmp_path / "ttyACM1"))
    there[:] = plugged(("ttyACM0", "0572:1340", "1-1.2", ""))
    with pytest.raises(PortMissing):
        finder.locate("Line 1", str(tmp_path / "ttyACM0"))
    assert finder.locate("Line 2", str(tmp_path / "ttyACM1")).path.endswith("ttyACM0")


def test_a_port_that_the_kernel_does_not_list_is_known_by_its_path(tmp_path: Path) -> None:
    port = tmp_path / "ttyAMA4"
    port.touch()
    found = PortFinder(lambda: ()).locate("Line 1", str(port))
    assert (found.path, found.stable_name) == (str(port), str(port))


def test_this_machines_ports_have_paths() -> None:
    assert all(port.path.startswith("/dev/") for port in serial_ports())
