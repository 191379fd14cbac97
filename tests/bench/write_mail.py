#!/usr/bin/env python3
"""The same message by GMime or by Python's email: write_mail.py gmime|email MESSAGE ROUNDS, a message of
ours. Prints the seconds of CPU of a round, the median."""

import ctypes
import email
import email.message
import email.policy
import statistics
import sys
import time


def by_email(subject, text, html):
    def write():
        message = email.message.EmailMessage(policy=email.policy.SMTP)
        message['From'], message['To'] = 'Daily papers <digest@example.com>', 'reader@example.com'
        message['Subject'] = subject
        message.set_content(text, cte='quoted-printable')
        message.add_alternative(html, subtype='html', cte='quoted-printable')
        return message.as_bytes()
    return write


def by_gmime(subject, text, html):
    lib = ctypes.CDLL('libgmime-3.0.so.0')
    gobject = ctypes.CDLL('libgobject-2.0.so.0')
    pointer, chars, number = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int

    def function(name, result, *arguments):
        found = getattr(lib, 'g_mime_' + name)
        found.restype, found.argtypes = result, arguments
        return found

    function('init', None)()
    unref = gobject.g_object_unref
    unref.restype, unref.argtypes = None, (pointer,)
    message_new = function('message_new', pointer, number)
    add_mailbox = function('message_add_mailbox', None, pointer, number, chars, chars)
    set_subject = function('message_set_subject', None, pointer, chars, chars)
    set_mime_part = function('message_set_mime_part', None, pointer, pointer)
    multipart_new = function('multipart_new_with_subtype', pointer, chars)
    multipart_add = function('multipart_add', None, pointer, pointer)
    text_new = function('text_part_new_with_subtype', pointer, chars)
    set_charset = function('text_part_set_charset', None, pointer, chars)
    set_text = function('text_part_set_text', None, pointer, chars)
    set_encoding = function('part_set_content_encoding', None, pointer, number)
    stream_new = function('stream_mem_new', pointer)
    write_to = function('object_write_to_stream', ctypes.c_ssize_t, pointer, pointer, pointer)
    quoted_printable = 4  # GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE
    raw = {'plain': text.encode(), 'html': html.encode()}

    def write():
        message, parts, stream = message_new(1), multipart_new(b'alternative'), stream_new()
        add_mailbox(message, 0, b'Daily papers', b'digest@example.com')
        add_mailbox(message, 3, None, b'reader@example.com')
        set_subject(message, subject.encode(), b'utf-8')
        for subtype, content in raw.items():
            part = text_new(subtype.encode())
            set_charset(part, b'utf-8')
            set_text(part, content)
            set_encoding(part, quoted_printable)
            multipart_add(parts, part)
            unref(part)
        set_mime_part(message, parts)
        written = write_to(message, None, stream)
        for item in (parts, message, stream):
            unref(item)
        if written < len(raw['html']):
            sys.exit(f'write_mail.py: GMime wrote {written} bytes')
    return write


def main():
    kind, path, rounds = sys.argv[1:]
    with open(path, 'rb') as file:
        message = email.message_from_binary_file(file, policy=email.policy.default)
    text, html = (part.get_content() for part in message.iter_parts())
    write = {'email': by_email, 'gmime': by_gmime}[kind](str(message['Subject']), text, html)
    took = []
    for _ in range(int(rounds)):
        begun = time.process_time()
        write()
        took.append(time.process_time() - begun)
    print(f'{statistics.median(took):.9f}')


main()
