"""The same message by Python's smtplib, in one session: smtplib_mail.py PORT MESSAGE COUNT."""
import smtplib
import sys

port, path, count = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
with open(path, 'rb') as file:
    message = file.read()
with smtplib.SMTP('127.0.0.1', port, 'bench.example') as server:
    for number in range(count):
        server.sendmail('digest@example.com', [f'reader{number}@example.com'], message)
