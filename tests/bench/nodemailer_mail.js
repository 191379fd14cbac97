// The same message by nodemailer's pool: nodemailer_mail.js FOLDER PORT MESSAGE COUNT SESSIONS, where
// FOLDER is where npm put nodemailer.
'use strict';
const fs = require('fs');
const path = require('path');

const [folder, port, file, count, sessions] = process.argv.slice(2);
const nodemailer = require(path.join(path.resolve(folder), 'node_modules', 'nodemailer'));
const raw = fs.readFileSync(file);
const pool = nodemailer.createTransport({
    pool: true, host: '127.0.0.1', port: Number(port), secure: false, ignoreTLS: true,
    maxConnections: Number(sessions), maxMessages: Infinity,
});

async function main() {
    const sent = [];
    for (let number = 0; number < Number(count); number++) {
        const envelope = { from: 'digest@example.com', to: `reader${number}@example.com` };
        sent.push(pool.sendMail({ envelope, raw }));
    }
    await Promise.all(sent);
    pool.close();
}

main().catch((error) => { console.error(error); process.exit(1); });
