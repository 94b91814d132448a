#!/usr/bin/python3
"""A line with a long way: passes bytes on to a port of this machine after a delay, in each direction.

  delay_proxy.py PORT MILLISECONDS      prints the port it listens on; the round trip takes twice the delay

Only the way is long, not narrow: what follows closely arrives closely. TLS passes through untouched.
"""

import asyncio
import sys


async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay: float) -> None:
    loop = asyncio.get_running_loop()
    queue = asyncio.Queue()

    async def receive() -> None:
        try:
            while chunk := await reader.read(65536):
                queue.put_nowait((loop.time() + delay, chunk))
        except ConnectionError:
            pass
        queue.put_nowait((loop.time() + delay, b""))

    receiving = asyncio.create_task(receive())
    try:
        while True:
            at, chunk = await queue.get()
            await asyncio.sleep(at - loop.time())
            if not chunk:
                break
            writer.write(chunk)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        receiving.cancel()
        writer.close()


async def main(port: int, delay: float) -> None:
    async def accept(reader, writer) -> None:
        onward = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(carry(reader, onward[1], delay), carry(onward[0], writer, delay))

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main(int(sys.argv[1]), float(sys.argv[2]) / 1000))
