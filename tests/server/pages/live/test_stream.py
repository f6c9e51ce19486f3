"""The answer that does not end, under a real server: what is written past its layers is still HTTP (h11 judges)."""

import asyncio
import contextlib
import socket

import h11
import uvicorn
from fastapi import FastAPI

from server.pages.i18n import Language
from server.pages.live.frames import BYE, Change
from server.pages.live.hub import Hub
from server.pages.live.line import LineProtocol
from server.pages.live.stream import LiveStream

CHANNELS = frozenset({"guard"})


def change(key):
    return {language: Change("replace", "p", key, "王" * 50) for language in Language}


@contextlib.asynccontextmanager
async def served(hub):
    """A server with nothing but the stream; its port."""
    app = FastAPI()

    @app.get("/stream")
    async def stream():
        return LiveStream(hub, hub.listen(CHANNELS, Language.EN, "session", None))

    place = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, http=LineProtocol, log_config=None, lifespan="off"))
    server.capture_signals = contextlib.nullcontext
    serving = asyncio.create_task(server.serve(sockets=[place]))
    try:
        yield place.getsockname()[1]
    finally:
        hub.close()
        server.should_exit = True
        await serving


class Browser:
    """One connection, read by h11."""

    def __init__(self, reader, writer):
        self.reader, self.writer, self.http = reader, writer, h11.Connection(h11.CLIENT)
        self.text = b""

    @classmethod
    async def call(cls, port, version=b"1.1"):
        self = cls(*await asyncio.open_connection("127.0.0.1", port))
        asked = self.http.send(h11.Request(method="GET", target="/stream", headers=[("Host", "127.0.0.1")]))
        self.http.send(h11.EndOfMessage())
        self.writer.write(asked.replace(b"HTTP/1.1", b"HTTP/" + version))
        return self

    async def hear(self, wanted):
        """Read until the text has it in it (or, for None, until the answer ends)."""
        while wanted is None or wanted not in self.text:
            event = self.http.next_event()
            if event is h11.NEED_DATA:
                self.http.receive_data(await self.reader.read(65536))
            elif isinstance(event, h11.Data):
                self.text += bytes(event.data)
            elif isinstance(event, h11.EndOfMessage):
                assert wanted is None, f"ended before {wanted}"
                return


def run(story):
    async def bounded():
        async with asyncio.timeout(20):
            return await story

    return asyncio.run(bounded())


def test_every_listener_reads_whole_chunks_until_the_end():
    async def story():
        hub = Hub("b")
        async with served(hub) as port:
            browsers = [await Browser.call(port) for _ in range(3)]
            for browser in browsers:
                await browser.hear(b"event: beat")
            for key in "ab":
                hub.publish(CHANNELS, change(key))
                for browser in browsers:
                    await browser.hear(f'"key":"{key}"'.encode())
            hub.end_session("session")
            for browser in browsers:
                await browser.hear(None)
                assert browser.text.endswith(BYE)
                browser.writer.close()

    run(story())


def test_who_hangs_up_is_forgotten_and_nobody_else_notices():
    async def story():
        hub = Hub("b")
        async with served(hub) as port:
            gone, stays = await Browser.call(port), await Browser.call(port)
            for browser in (gone, stays):
                await browser.hear(b"event: beat")
            gone.writer.close()
            number = 0
            while hub.listeners() > 1:
                hub.publish(CHANNELS, change(f"k{number}"))
                await stays.hear(f'"key":"k{number}"'.encode())
                number += 1
            stays.writer.close()

    run(story())


def test_an_old_client_without_chunks_hears_the_same():
    async def story():
        hub = Hub("b")
        async with served(hub) as port:
            old = await Browser.call(port, b"1.0")
            await old.hear(b"event: beat")
            hub.publish(CHANNELS, change("a"))
            await old.hear(b'"key":"a"')
            old.writer.close()

    run(story())
