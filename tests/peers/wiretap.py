"""A TCP proxy that keeps what the client said, and can lose the reply to a message's final dot.

    wiretap.py PORT-FILE TARGET-PORT HEARD-FILE [lose-reply DOT-FILE]

The port it listens on is written to PORT-FILE. With lose-reply the first connection whose client sends
the final dot hears nothing more: the server takes the message, DOT-FILE appears, and its reply is kept
from the client until that is gone. Later connections go through untouched.
"""
import socket
import sys
import threading

port_file, target, heard_file = sys.argv[1], int(sys.argv[2]), sys.argv[3]
dot_file = sys.argv[5] if len(sys.argv) > 5 else None
heard = open(heard_file, 'ab', buffering=0)
lock = threading.Lock()
lost = threading.Event()


def is_lost_dot(tail):
    """Whether this is the dot whose reply gets lost: the first one."""
    with lock:
        if dot_file is None or lost.is_set() or not tail.endswith(b'\r\n.\r\n'):
            return False
        lost.set()
        return True


def serve(client):
    server = socket.create_connection(('127.0.0.1', target))
    mute = threading.Event()

    def replies():
        while data := server.recv(65536):
            if mute.is_set():
                open(dot_file, 'w').close()
                continue
            client.sendall(data)
        if not mute.is_set():
            client.shutdown(socket.SHUT_WR)

    threading.Thread(target=replies, daemon=True).start()
    tail = b''
    try:
        while data := client.recv(65536):
            heard.write(data)
            tail = (tail + data)[-5:]
            if is_lost_dot(tail):
                mute.set()
            server.sendall(data)
    except OSError:
        pass
    server.close()


listener = socket.create_server(('127.0.0.1', 0))
with open(port_file, 'w') as out:
    out.write(f'{listener.getsockname()[1]}\n')
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
