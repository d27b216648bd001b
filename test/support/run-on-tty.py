"""
Runs a program on a terminal of its own and prints what happened as JSON: {"out": text, "code": n, "signal": n}.

    run-on-tty.py AFTER KEYS PROGRAM ARGUMENTS...

When the terminal has shown the text AFTER, KEYS are typed on it.
"""

import json
import os
import pty
import select
import sys
import time

after, keys, *argv = sys.argv[1:]
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(argv[0], argv)

out = b""
typed = False
end = time.time() + 30
while time.time() < end:
    ready, _, _ = select.select([terminal], [], [], 0.1)
    if ready:
        try:
            chunk = os.read(terminal, 4096)
        except OSError:  # Linux: the last one on the terminal is gone
            break
        if not chunk:
            break
        out += chunk
    if not typed and after.encode() in out:
        typed = True
        os.write(terminal, keys.encode())

_, status = os.waitpid(pid, 0)
signal = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else -1
print(json.dumps({"out": out.decode().replace("\r\n", "\n"), "code": code, "signal": signal}))
