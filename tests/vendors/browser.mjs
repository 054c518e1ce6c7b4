// The browser's side of web push, by Node's own cryptography: a second implementation of RFC 8291 and RFC 8292.
// Reads one JSON array of questions from standard input and writes one JSON array of answers, in the same order:
//   {"ask":"subscribe"}                                              -> {"private","p256dh","auth"}   (all in base64url)
//   {"ask":"read","private","p256dh","auth","body","authorization"}  -> {"text","claims"}            (body in base64)
import { createDecipheriv, createECDH, createPublicKey, hkdfSync, randomBytes, verify } from 'node:crypto';

const HEAD = { salt: 16, size: 4, length: 1 };
const TAG = 16;
const LAST = 2;

const url = (bytes) => bytes.toString('base64url');
const bytes = (text) => Buffer.from(text, 'base64url');

function subscribe() {
  const pair = createECDH('prime256v1');
  pair.generateKeys();
  return { private: url(pair.getPrivateKey()), p256dh: url(pair.getPublicKey()), auth: url(randomBytes(16)) };
}

function read({ private: own, p256dh, auth, body, authorization }) {
  const message = Buffer.from(body, 'base64');
  const salt = message.subarray(0, HEAD.salt);
  const at = HEAD.salt + HEAD.size + HEAD.length;
  const key = message.subarray(at, at + message[at - 1]);
  const record = message.subarray(at + key.length);
  if (record.length > message.readUInt32BE(HEAD.salt)) throw new Error('more than one record');
  const pair = createECDH('prime256v1');
  pair.setPrivateKey(bytes(own));
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), bytes(p256dh), key]);
  const secret = hkdfSync('sha256', pair.computeSecret(key), bytes(auth), info, 32);
  const derive = (name, length) =>
    Buffer.from(hkdfSync('sha256', secret, salt, `Content-Encoding: ${name}\0`, length));
  const cipher = createDecipheriv('aes-128-gcm', derive('aes128gcm', 16), derive('nonce', 12));
  cipher.setAuthTag(record.subarray(-TAG));
  const padded = Buffer.concat([cipher.update(record.subarray(0, -TAG)), cipher.final()]);
  const end = padded.lastIndexOf(LAST);
  if (padded.subarray(end + 1).some((byte) => byte !== 0)) throw new Error('the padding is wrong');
  return { text: padded.subarray(0, end).toString('utf8'), claims: claims(authorization) };
}

/** What the sender says of itself, if it signed that. */
function claims(authorization) {
  const [, token, key] = /^vapid t=([^,]+), k=(.+)$/.exec(authorization);
  const [head, body, signature] = token.split('.');
  const point = bytes(key);
  const jwk = { kty: 'EC', crv: 'P-256', x: url(point.subarray(1, 33)), y: url(point.subarray(33)) };
  const signer = { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' };
  if (!verify('sha256', Buffer.from(`${head}.${body}`), signer, bytes(signature))) throw new Error('not signed');
  return { ...JSON.parse(bytes(head)), ...JSON.parse(bytes(body)), key };
}

const answers = { subscribe, read };

let input = '';
for await (const chunk of process.stdin) input += chunk;
process.stdout.write(JSON.stringify(JSON.parse(input).map((question) => answers[question.ask](question))));
