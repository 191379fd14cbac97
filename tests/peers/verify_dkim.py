"""Whether others take a message's DKIM signature: verify_dkim.py RECORD FILE...

RECORD holds the line of a DNS zone file that the signer printed. Asks Python's dkim and Perl's
Mail::DKIM, and prints "FILE: dkimpy yes|no, Mail::DKIM yes|no" for each message, which may have LF
alone. No DNS is asked.
"""
import re
import subprocess
import sys

import dkim

PERL = r'''
use strict; use Mail::DKIM::Verifier; use Mail::DKIM::DNS; no warnings 'redefine';
my ($name, $value) = @ARGV;
{ package Answer; sub new { my ($c, $v) = @_; bless { v => $v }, $c } sub type { 'TXT' }
  sub char_str_list { ($_[0]{v}) } sub txtdata { $_[0]{v} } }
*Mail::DKIM::DNS::query = sub { my ($domain) = @_; return $domain eq $name ? Answer->new($value) : () };
my $verifier = Mail::DKIM::Verifier->new;
local $/; $verifier->PRINT(<STDIN>); $verifier->CLOSE;
print $verifier->result;
'''


def main(record, *paths):
    with open(record, encoding='ascii') as file:
        line = file.read()
    name = re.match(r'\s*(\S+)\. IN TXT', line).group(1)
    value = ''.join(re.findall(r'"([^"]*)"', line))

    def lookup(asked, timeout=5):
        return value.encode() if asked.decode().rstrip('.') == name else None

    for path in paths:
        with open(path, 'rb') as file:
            raw = file.read().replace(b'\r\n', b'\n').replace(b'\n', b'\r\n')
        perl = subprocess.run(['perl', '-e', PERL, name, value], input=raw, capture_output=True, check=True)
        answers = {'dkimpy': dkim.verify(raw, dnsfunc=lookup), 'Mail::DKIM': perl.stdout == b'pass'}
        print(f'{path}: ' + ', '.join(f'{who} {"yes" if good else "no"}' for who, good in answers.items()))


main(*sys.argv[1:])
