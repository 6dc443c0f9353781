// The browser's side of web push for tests: decrypts what was sent to a subscriber (RFC 8291, RFC 8188 `aes128gcm`) and
// verifies who sent it (RFC 8292), written from the RFCs with node:crypto alone.

import { createDecipheriv, createECDH, createHmac, createPublicKey, randomBytes, verify } from 'node:crypto';

/** A subscriber's keys, private ones included. */
export interface Subscriber {
  readonly privateKey: Buffer;
  readonly p256dh: string;
  readonly auth: string;
}

/** A browser's new keys. */
export function newSubscriber(): Subscriber {
  const curve = createECDH('prime256v1');
  curve.generateKeys();
  const privateKey = curve.getPrivateKey();
  return {
    privateKey: Buffer.concat([Buffer.alloc(32 - privateKey.length), privateKey]),
    p256dh: curve.getPublicKey('base64url'),
    auth: randomBytes(16).toString('base64url'),
  };
}

const hmac = (key: Buffer, ...data: (string | Buffer)[]): Buffer => {
  const mac = createHmac('sha256', key);
  for (const part of data) mac.update(part);
  return mac.digest();
};
const ONE = Buffer.from([1]);

/** The plain text of a push message's body. Throws where it is not for this subscriber, or has been changed. */
export function decrypt(body: Buffer, { privateKey, p256dh, auth }: Subscriber): Buffer {
  // RFC 8188 section 2.1: salt, record size, length of the key id, key id (RFC 8291 section 4: the sender's public key).
  const salt = body.subarray(0, 16);
  const recordSize = body.readUInt32BE(16);
  const idLength = body.readUInt8(20);
  const sender = body.subarray(21, 21 + idLength);
  const sealed = body.subarray(21 + idLength);
  if (idLength !== 65 || recordSize < 18 || sealed.length > recordSize) throw new Error('not one record for a browser');
  const curve = createECDH('prime256v1');
  curve.setPrivateKey(privateKey);
  // RFC 8291 section 3.4.
  const keyInfo = Buffer.concat([Buffer.from('WebPush: info\0'), Buffer.from(p256dh, 'base64url'), sender]);
  const ikm = hmac(hmac(Buffer.from(auth, 'base64url'), curve.computeSecret(sender)), keyInfo, ONE);
  // RFC 8188 sections 2.2 and 2.3; the nonce of the first record is the derived one.
  const prk = hmac(salt, ikm);
  const key = hmac(prk, 'Content-Encoding: aes128gcm\0', ONE).subarray(0, 16);
  const nonce = hmac(prk, 'Content-Encoding: nonce\0', ONE).subarray(0, 12);
  const decipher = createDecipheriv('aes-128-gcm', key, nonce);
  decipher.setAuthTag(sealed.subarray(-16));
  const record = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
  // The delimiter of the last record is 2, then zeros.
  let end = record.length - 1;
  while (end >= 0 && record[end] === 0) end -= 1;
  if (record[end] !== 2) throw new Error('no end of the last record');
  return record.subarray(0, end);
}

export interface VapidClaims {
  readonly key: string;
  readonly aud: string;
  readonly exp: number;
  readonly sub: string;
}

/** What an Authorization header says of the sender, its signature verified. Throws where it does not verify. */
export function readVapid(header: string): VapidClaims {
  const [, token = '', key = ''] = /^vapid t=([\w-]+\.[\w-]+\.[\w-]+), ?k=([\w-]+)$/i.exec(header) ?? [];
  const [head = '', claims = '', signature = ''] = token.split('.');
  const json = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
  if (json(head).alg !== 'ES256') throw new Error('not ES256');
  const point = Buffer.from(key, 'base64url');
  const publicKey = createPublicKey({
    format: 'jwk',
    key: {
      kty: 'EC',
      crv: 'P-256',
      x: point.subarray(1, 33).toString('base64url'),
      y: point.subarray(33).toString('base64url'),
    },
  });
  const good = verify(
    'sha256',
    Buffer.from(`${head}.${claims}`),
    { key: publicKey, dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  );
  if (!good) throw new Error('the signature is wrong');
  const { aud, exp, sub } = json(claims);
  return { key, aud: String(aud), exp: Number(exp), sub: String(sub) };
}
