#!/usr/bin/env bash
# Python's email package, which shares nothing with our writer, reads the messages of golden/template
# without a defect and finds in them the subject, text and HTML that stand beside them.
set -u
cd "$(dirname "$0")/../.." || exit 70
command -v python3 >/dev/null || { echo '1..0 # SKIP python3 is not installed'; exit 0; }

python3 - tests/golden/template/*/*.person tests/golden/template/*/*.list <<'EOF'
import email
import email.policy
import os
import sys


def read(path):
    with open(path, "rb") as file:
        return file.read().decode().replace("\x03", "t0ken")


def judge(path):
    """What is wrong with the message, if anything."""
    with open(path, "rb") as file:
        message = email.message_from_bytes(file.read(), policy=email.policy.default)
    stem, kind = os.path.splitext(path)
    for name in message.keys():
        yield from (f"{name}: {defect!r}" for defect in message[name].defects)
    for part in message.walk():
        yield from (f"{part.get_content_type()}: {defect!r}" for defect in part.defects)
    if message["Subject"] + "\n" != read(stem + ".subject"):
        yield f"the subject is {message['Subject']!r}"
    parts = list(message.iter_parts())
    if [part.get_content_type() for part in parts] != ["text/plain", "text/html"]:
        yield "its parts are not text and HTML"
    # The footer speaks to one kind of recipient; the parts beside it were made for that one.
    elif (kind == ".person") == ("unsubscribe" in read(stem + ".text")):
        for part, beside in zip(parts, (".text", ".html")):
            if part.get_content().replace("\r\n", "\n") != read(stem + beside):
                yield f"its {beside} is not what stands beside it"
    if kind == ".list" and any(name.startswith(("List-", "Auto-", "Precedence")) for name in message):
        yield "it has fields that list servers drop"


print(f"1..{len(sys.argv) - 1}")
for number, path in enumerate(sys.argv[1:], 1):
    faults = list(judge(path))
    print("not ok" if faults else "ok", number, "- message", "/".join(path.split("/")[-2:]))
    for fault in faults:
        print("#", fault)
EOF
