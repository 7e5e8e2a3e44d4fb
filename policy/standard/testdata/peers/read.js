// Prints what mailparser shows of every mail in a folder, in the same form as
// read.py.
const fs = require('fs');
const path = require('path');
const { simpleParser } = require('mailparser');

function leavesOf(mail, by) {
  const out = [];
  for (const name of ['subject', 'from', 'to', 'replyTo']) {
    const value = mail[name];
    if (value) out.push({ by, type: 'header', name, text: String(value.text || value) });
  }
  if (mail.text) out.push({ by, type: 'text/plain', name: '', text: mail.text });
  if (mail.html) out.push({ by, type: 'text/html', name: '', text: mail.html });
  for (const a of mail.attachments || []) {
    out.push({ by, type: a.contentType || '', name: a.filename || '', data: (a.content || Buffer.alloc(0)).toString('base64') });
  }
  return out;
}

async function main(folder) {
  for (const name of fs.readdirSync(folder).sort()) {
    let leaves = [];
    try {
      const mail = await simpleParser(fs.readFileSync(path.join(folder, name)), { skipImageLinks: true });
      leaves = leavesOf(mail, 'mailparser');
    } catch (e) {
      // it shows nothing
    }
    process.stdout.write(JSON.stringify({ file: name, leaves }) + '\n');
  }
}

main(process.argv[2]);
