// Prints what mailparser and postal-mime show of every mail in a folder, in the
// same form as read.py.
const fs = require('fs');
const path = require('path');
const { simpleParser } = require('mailparser');
const postalMime = require('postal-mime');
const PostalMime = postalMime.default || postalMime;

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

function postalLeaves(mail, by) {
  const out = [];
  const people = [].concat(mail.from || [], mail.to || [], mail.cc || [], mail.replyTo || []);
  const header = [mail.subject || ''].concat(people.map((p) => (p.name || '') + ' ' + (p.address || ''))).join('\n');
  out.push({ by, type: 'header', name: 'subject and people', text: header });
  if (mail.text) out.push({ by, type: 'text/plain', name: '', text: mail.text });
  if (mail.html) out.push({ by, type: 'text/html', name: '', text: mail.html });
  for (const a of mail.attachments || []) {
    const content = typeof a.content === 'string' ? Buffer.from(a.content) : Buffer.from(a.content || []);
    out.push({ by, type: a.mimeType || '', name: a.filename || '', data: content.toString('base64') });
  }
  return out;
}

// unlessStuck gives what a promise gives; one that nothing will settle any more would end
// the whole process without a word.
async function unlessStuck(promise) {
  let stuck;
  const never = new Promise((_, reject) => {
    stuck = () => reject(new Error('never settled'));
    process.once('beforeExit', stuck);
  });
  try {
    return await Promise.race([promise, never]);
  } finally {
    process.removeListener('beforeExit', stuck);
  }
}

async function main(folder) {
  for (const name of fs.readdirSync(folder).sort()) {
    const raw = fs.readFileSync(path.join(folder, name));
    let leaves = [];
    try {
      leaves = leavesOf(await unlessStuck(simpleParser(raw, { skipImageLinks: true })), 'mailparser');
    } catch (e) {
      // it shows nothing
    }
    try {
      leaves = leaves.concat(postalLeaves(await unlessStuck(PostalMime.parse(raw)), 'postal-mime'));
    } catch (e) {
      // nor does this one
    }
    process.stdout.write(JSON.stringify({ file: name, leaves }) + '\n');
  }
}

main(process.argv[2]);
