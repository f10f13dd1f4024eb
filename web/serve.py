"""The web server: serves the pages from threads of its own, beside the engine (cheroot).

A page that takes long, or a browser that is slow, holds one of these threads and nothing else. Open live streams are
ended first when the server stops, so that stopping never waits for a browser.
"""

from __future__ import annotations

import errno
import logging
import socket
import threading
from typing import Any

from cheroot import wsgi
from flask import Flask

from appliance.faults import FrontdeskError
from web.app import STREAMS

LOG = logging.getLogger(__name__)

EVERYWHERE = frozenset({"", "0.0.0.0", "::"})
"""Addresses to listen on that are none to open in a browser."""

SLOWEST_S = 5
"""A browser that neither sends nor takes anything for so long is let go."""

MOST_HEADER_BYTES = 16 * 1024
MOST_BODY_BYTES = 64 * 1024


class WebServer:
    """Serves `app` on `host` and `port` (0: any free port) from `start()` to `stop()`."""

    def __init__(self, app: Flask, host: str, port: int, threads: int = 8) -> None:
        self._streams = app.extensions[STREAMS]
        self._host = host
        self._server = _Server(
            (host, port), app, numthreads=threads, request_queue_size=32, timeout=SLOWEST_S, shutdown_timeout=1
        )
        self._server.max_request_header_size = MOST_HEADER_BYTES
        self._server.max_request_body_size = MOST_BODY_BYTES
        self._thread = threading.Thread(target=self._server.serve, name="web", daemon=True)

    def start(self) -> None:
        """Begin to serve; returns when browsers can connect. Raises `FrontdeskError` when the port is not to be had."""
        try:
            self._server.prepare()
        except OSError as problem:
            raise _explained(self._server.refusal or problem, *self._server.bind_addr[:2]) from problem
        self._thread.start()

    @property
    def url(self) -> str:
        """The address to open in a browser on this machine."""
        host = "localhost" if self._host in EVERYWHERE else self._host
        return f"http://{f'[{host}]' if ':' in host else host}:{self._server.bind_addr[1]}/"

    def stop(self) -> None:
        """End the streams, let go of all browsers, join the threads. Harmless when it does not run."""
        self._streams.close()
        self._server.stop()
        if self._thread.is_alive():
            self._thread.join()


def _explained(problem: OSError, host: str, port: int) -> FrontdeskError:
    """Why the port cannot be had, in words."""
    if problem.errno == errno.EADDRINUSE:
        return FrontdeskError(
            f"The page cannot be served: another program uses port {port}.",
            "Stop that program, or choose another port for the page in the settings.",
        )
    if problem.errno == errno.EACCES:
        return FrontdeskError(
            f"The page cannot be served: this user may not open port {port}.",
            "Choose a port from 1024 up, for example 8080, in the settings.",
        )
    if problem.errno == errno.EADDRNOTAVAIL or isinstance(problem, socket.gaierror):
        return FrontdeskError(
            f"The page cannot be served: this machine has no network address '{host}'.",
            "Choose 127.0.0.1 (this machine only) or 0.0.0.0 (the whole office network) in the settings.",
        )
    return FrontdeskError(f"The page cannot be served on {host}, port {port}: {problem.strerror or problem}.")


class _Server(wsgi.Server):
    """Cheroot's server, which reports to our log and remembers why it could not have the port."""

    refusal: OSError | None = None

    def bind(self, family: Any, type: Any, proto: int = 0) -> Any:
        try:
            return super().bind(family, type, proto)
        except OSError as problem:
            self.refusal = problem
            raise

    def error_log(self, msg: str = "", level: int = logging.INFO, traceback: bool = False) -> None:
        LOG.log(level, "%s", msg, exc_info=traceback)
