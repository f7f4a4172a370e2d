#!/usr/bin/python3
"""asyncssh_fleet.py USER KEY KNOWN_HOSTS WIDTH COMMAND ADDRESS...: what one would write with asyncssh. Key and known
hosts are read once."""
import asyncio
import sys

import asyncssh


async def main(user, key, known_hosts, width, command, *addresses):
    keys, known = [asyncssh.read_private_key(key)], asyncssh.read_known_hosts(known_hosts)
    gate = asyncio.Semaphore(int(width))

    async def one(address):
        async with gate, asyncssh.connect(address, username=user, client_keys=keys, known_hosts=known,
                                          agent_path=None, config=None) as connection:
            result = await connection.run(command, check=True)
            print(f"{address}: {result.stdout}", end="")

    await asyncio.gather(*map(one, addresses))


asyncio.run(main(*sys.argv[1:]))
