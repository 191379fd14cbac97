// Whether a page uses what a mail client knows nothing of, by the data of caniemail.com: prints
// "FEATURE: CLIENTS" for what the list of allowed features does not name, and "FEATURE: allowed, but
// not used" for what it names in vain.
//
//     clients.mjs JUDGES ALLOWED PAGE...
//
// What a client knows in part is let pass: those notes are about values that no template has.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const [judges, list, ...pages] = process.argv.slice(2);
const { doIUseEmail } = createRequire(`${judges}/`)('@jsx-email/doiuse-email');
const clients = ['apple-mail.macos', 'apple-mail.ios', 'gmail.desktop-webmail', 'gmail.ios', 'gmail.android',
    'gmail.mobile-webmail', 'outlook.windows', 'outlook.macos', 'outlook.ios', 'outlook.android',
    'yahoo.desktop-webmail', 'yahoo.ios', 'yahoo.android', 'aol.desktop-webmail', 'samsung-email.android',
    'protonmail.desktop-webmail', 'protonmail.ios', 'protonmail.android', 'hey.desktop-webmail',
    'mail-ru.desktop-webmail', 'fastmail.desktop-webmail'];
const allowed = new Map(readFileSync(list, 'utf8').split('\n').filter(line => line && !line.startsWith('#'))
    .map(line => line.split('\t')));
const missing = new Map();

for (const page of pages) {
    for (const client of clients) {
        const found = doIUseEmail(readFileSync(page, 'utf8'), { emailClients: [client] });
        for (const error of found.errors ?? []) {
            const feature = error.match(/^`([^`]+)`/)[1];
            missing.set(feature, (missing.get(feature) ?? new Set()).add(client));
        }
    }
}
for (const [feature, without] of missing)
    if (!allowed.get(feature))
        console.log(`${feature}: ${[...without].join(', ')}`);
for (const feature of allowed.keys())
    if (!missing.has(feature))
        console.log(`${feature}: allowed, but not used`);
