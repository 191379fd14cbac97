// What postal-mime reads in a message, as JSON.
//
//     postal.mjs JUDGES MESSAGE
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const [judges, message] = process.argv.slice(2);
const PostalMime = createRequire(`${judges}/`)('postal-mime');
const { subject, from, to, text, html, messageId, attachments } = await (PostalMime.default ?? PostalMime).parse(readFileSync(message));
// Pictures belong to the page that shows them by their identification.
const pictures = attachments.filter(file => file.related).map(file => [file.contentId, file.mimeType, file.content.byteLength]);
console.log(JSON.stringify({ subject, from, to, text, html, messageId, pictures, attachments: attachments.length - pictures.length }));
