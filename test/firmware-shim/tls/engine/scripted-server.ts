/**
 * A TLS 1.2 server over memory whose every message can be replaced. It derives keys with node:crypto alone, so it
 * also checks the engine's key schedule.
 */

import {
  createCipheriv,
  createDecipheriv,
  createECDH,
  createHash,
  createHmac,
  createPrivateKey,
  type KeyObject,
  sign,
} from "node:crypto";
import type { Issued } from "./certificates.ts";

export const CHANGE_CIPHER_SPEC = 20;
export const ALERT = 21;
export const HANDSHAKE = 22;
export const APPLICATION_DATA = 23;

export interface Script {
  readonly suite?: number;
  readonly extendedMasterSecret?: boolean;
  readonly ticket?: boolean;
  readonly certificateRequest?: boolean;
  /** Replaces a handshake message, header included, on its way out; by nothing, if undefined. */
  readonly replace?: (name: string, message: Buffer) => Buffer | undefined;
  /** Replaces the signature in ServerKeyExchange. */
  readonly signature?: (signature: Buffer) => Buffer;
  readonly signatureAlgorithm?: number;
  readonly point?: Buffer;
}

const CURVE_SECP256R1 = 23;
const TAG_LENGTH = 16;

export function uint(value: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  bytes.writeUIntBE(value, 0, length);
  return bytes;
}

export function vector(lengthBytes: number, ...content: readonly Uint8Array[]): Buffer {
  const joined = Buffer.concat(content);
  return Buffer.concat([uint(joined.length, lengthBytes), joined]);
}

export function handshake(type: number, ...body: readonly Uint8Array[]): Buffer {
  return Buffer.concat([uint(type, 1), vector(3, ...body)]);
}

export function record(type: number, payload: Uint8Array, version = 0x0303): Buffer {
  return Buffer.concat([uint(type, 1), uint(version, 2), vector(2, payload)]);
}

/** The payloads of plaintext records, by position. */
export function payloads(bytes: Uint8Array): { type: number; payload: Buffer }[] {
  const list: { type: number; payload: Buffer }[] = [];
  let rest = Buffer.from(bytes);
  while (rest.length > 0) {
    const length = rest.readUInt16BE(3);
    list.push({ type: rest[0] ?? 0, payload: rest.subarray(5, 5 + length) });
    rest = rest.subarray(5 + length);
  }
  return list;
}

export class ScriptedServer {
  readonly #leaf: Issued;
  readonly #chain: readonly Uint8Array[];
  readonly #script: Script;
  readonly #ecdh = createECDH("prime256v1");
  readonly #key: KeyObject;
  readonly #random = Buffer.alloc(32, 0x5e);
  readonly #hash: "sha256" | "sha384";
  readonly #keyLength: number;
  #clientRandom: Buffer = Buffer.alloc(0);
  #transcript: Buffer[] = [];
  #writeKey: Buffer = Buffer.alloc(0);
  #writeSalt: Buffer = Buffer.alloc(0);
  #readKey: Buffer = Buffer.alloc(0);
  #readSalt: Buffer = Buffer.alloc(0);
  #sequence = 0;
  #readSequence = 0;

  constructor(leaf: Issued, script: Script = {}, chain: readonly Uint8Array[] = [leaf.der]) {
    this.#leaf = leaf;
    this.#chain = chain;
    this.#script = script;
    this.#key = createPrivateKey(leaf.key);
    const suite = this.suite;
    this.#hash = suite === 0xc02c || suite === 0xc030 ? "sha384" : "sha256";
    this.#keyLength = this.#hash === "sha384" ? 32 : 16;
    this.#ecdh.setPrivateKey(Buffer.alloc(32, 0x11));
  }

  get suite(): number {
    const ecdsa = createPrivateKey(this.#leaf.key).asymmetricKeyType === "ec";
    return this.#script.suite ?? (ecdsa ? 0xc02b : 0xc02f);
  }

  /** The messages from ServerHello to ServerHelloDone, as an answer to a ClientHello record. */
  firstFlight(clientHello: Uint8Array): Buffer[] {
    const [hello] = payloads(clientHello);
    if (!hello) throw new Error("no ClientHello");
    this.#clientRandom = hello.payload.subarray(6, 38);
    this.#transcript.push(hello.payload);
    const messages: (Buffer | undefined)[] = [
      this.#send("ServerHello", handshake(2, this.#serverHello())),
      this.#send("Certificate", handshake(11, vector(3, ...this.#chain.map((der) => vector(3, der))))),
      this.#send("ServerKeyExchange", handshake(12, this.#serverKeyExchange())),
    ];
    if (this.#script.certificateRequest) {
      const request = [vector(1, Buffer.of(1, 64)), vector(2, Buffer.of(4, 3)), vector(2)];
      messages.push(this.#send("CertificateRequest", handshake(13, ...request)));
    }
    messages.push(this.#send("ServerHelloDone", handshake(14)));
    return messages.filter((message) => message !== undefined);
  }

  /** NewSessionTicket, ChangeCipherSpec and Finished as records, as an answer to the client's flight. */
  secondFlight(clientFlight: Uint8Array): Buffer[] {
    this.#readClientFlight(clientFlight);
    const records: Buffer[] = [];
    if (this.#script.ticket) {
      const ticket = this.#send(
        "NewSessionTicket",
        handshake(4, uint(300, 4), vector(2, Buffer.from("ticket"))),
      );
      if (ticket) records.push(record(HANDSHAKE, ticket));
    }
    records.push(record(CHANGE_CIPHER_SPEC, Buffer.of(1)));
    const finished = this.#send("Finished", handshake(20, this.#verifyData("server finished")));
    if (finished) records.push(this.seal(HANDSHAKE, finished));
    return records;
  }

  /** A protected record. */
  seal(type: number, plaintext: Uint8Array): Buffer {
    const sequence = Buffer.alloc(8);
    sequence.writeBigUInt64BE(BigInt(this.#sequence++));
    const nonce = Buffer.concat([this.#writeSalt, sequence]);
    const cipher = createCipheriv(this.#algorithm(), this.#writeKey, nonce, { authTagLength: TAG_LENGTH });
    cipher.setAAD(Buffer.concat([sequence, Buffer.of(type, 3, 3), uint(plaintext.length, 2)]));
    const sealed = Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
    return record(type, Buffer.concat([sequence, sealed]));
  }

  /** Opens a protected record's payload from the client. */
  open(type: number, payload: Buffer): Buffer {
    const sequence = Buffer.alloc(8);
    sequence.writeBigUInt64BE(BigInt(this.#readSequence++));
    const nonce = Buffer.concat([this.#readSalt, payload.subarray(0, 8)]);
    const sealed = payload.subarray(8, -TAG_LENGTH);
    const decipher = createDecipheriv(this.#algorithm(), this.#readKey, nonce, { authTagLength: TAG_LENGTH });
    decipher.setAAD(Buffer.concat([sequence, Buffer.of(type, 3, 3), uint(sealed.length, 2)]));
    decipher.setAuthTag(payload.subarray(-TAG_LENGTH));
    return Buffer.concat([decipher.update(sealed), decipher.final()]);
  }

  #algorithm(): "aes-128-gcm" | "aes-256-gcm" {
    return this.#keyLength === 32 ? "aes-256-gcm" : "aes-128-gcm";
  }

  #send(name: string, message: Buffer): Buffer | undefined {
    const replaced = this.#script.replace ? this.#script.replace(name, message) : message;
    if (replaced) this.#transcript.push(replaced);
    return replaced;
  }

  #serverHello(): Buffer {
    const extensions = [Buffer.of(0xff, 1, 0, 1, 0), Buffer.of(0, 11, 0, 2, 1, 0)];
    if (this.#script.extendedMasterSecret !== false) extensions.push(Buffer.of(0, 23, 0, 0));
    if (this.#script.ticket) extensions.push(Buffer.of(0, 35, 0, 0));
    const fixed = [uint(0x0303, 2), this.#random, vector(1), uint(this.suite, 2), Buffer.of(0)];
    return Buffer.concat([...fixed, vector(2, ...extensions)]);
  }

  #serverKeyExchange(): Buffer {
    const point = this.#script.point ?? this.#ecdh.getPublicKey();
    const parameters = Buffer.concat([Buffer.of(3), uint(CURVE_SECP256R1, 2), vector(1, point)]);
    const content = Buffer.concat([this.#clientRandom, this.#random, parameters]);
    const own = this.#key.asymmetricKeyType === "ec" ? 0x0403 : 0x0401;
    const signature = sign("sha256", content, this.#key);
    const sent = this.#script.signature?.(signature) ?? signature;
    return Buffer.concat([parameters, uint(this.#script.signatureAlgorithm ?? own, 2), vector(2, sent)]);
  }

  #readClientFlight(clientFlight: Uint8Array): void {
    let master: Buffer | undefined;
    for (const { type, payload } of payloads(clientFlight)) {
      if (type === CHANGE_CIPHER_SPEC) continue;
      if (master === undefined) {
        this.#transcript.push(payload);
        if (payload[0] === 16) master = this.#deriveKeys(payload.subarray(5));
        continue;
      }
      const finished = this.open(HANDSHAKE, payload);
      if (!finished.subarray(4).equals(this.#verifyData("client finished")))
        throw new Error("bad client Finished");
      this.#transcript.push(finished);
    }
  }

  #master: Buffer = Buffer.alloc(0);

  #deriveKeys(clientPoint: Buffer): Buffer {
    const secret = this.#ecdh.computeSecret(clientPoint);
    const extended = this.#script.extendedMasterSecret !== false;
    const seed = extended ? this.#transcriptHash() : Buffer.concat([this.#clientRandom, this.#random]);
    this.#master = this.#prf(secret, extended ? "extended master secret" : "master secret", seed, 48);
    const block = this.#prf(
      this.#master,
      "key expansion",
      Buffer.concat([this.#random, this.#clientRandom]),
      2 * this.#keyLength + 8,
    );
    const keys = 2 * this.#keyLength;
    this.#readKey = block.subarray(0, this.#keyLength);
    this.#writeKey = block.subarray(this.#keyLength, keys);
    this.#readSalt = block.subarray(keys, keys + 4);
    this.#writeSalt = block.subarray(keys + 4);
    return this.#master;
  }

  #transcriptHash(): Buffer {
    return createHash(this.#hash).update(Buffer.concat(this.#transcript)).digest();
  }

  #verifyData(label: string): Buffer {
    return this.#prf(this.#master, label, this.#transcriptHash(), 12);
  }

  #prf(secret: Buffer, label: string, seed: Buffer, length: number): Buffer {
    const labelled = Buffer.concat([Buffer.from(label), seed]);
    const blocks: Buffer[] = [];
    let a = labelled;
    for (let total = 0; total < length; total += a.length) {
      a = createHmac(this.#hash, secret).update(a).digest();
      blocks.push(createHmac(this.#hash, secret).update(a).update(labelled).digest());
    }
    return Buffer.concat(blocks).subarray(0, length);
  }
}
