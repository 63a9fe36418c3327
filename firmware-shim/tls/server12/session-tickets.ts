/** Tickets that only the server can read: mbedTLS's ssl_ticket.c with AES-256-GCM, RFC 5077. */

import { ByteReader, concatenate, encodeUint, encodeVector } from "../bytes.ts";
import { cipherSuiteFromId } from "../ciphersuites.ts";
import type { MaxFragmentLengthCode } from "../context.ts";
import type { AeadKey, CryptoProvider } from "../crypto/provider.ts";
import type { Session12 } from "../handshake12/session.ts";
import { MASTER_SECRET_LENGTH } from "../limits.ts";
import type { NewSessionTicket } from "../messages/new-session-ticket.ts";
import { VERSION_TLS12 } from "../record/content-type.ts";
import { parseCertificate } from "../x509/certificate.ts";
import { bytesEqual } from "../x509/name.ts";

const KEY_NAME_LENGTH = 4;
const KEY_LENGTH = 32;
const IV_LENGTH = 12;
const TAG_LENGTH = 16;
/** Name, IV and length, which are authenticated. */
const HEADER_LENGTH = KEY_NAME_LENGTH + IV_LENGTH + 2;
/** Bytes of a time in seconds. */
const TIME_LENGTH = 4;

interface TicketKey {
  readonly name: Uint8Array;
  readonly key: AeadKey;
  /** Seconds since 1970 UTC. */
  readonly made: number;
}

export interface SessionTicketOptions {
  readonly crypto: CryptoProvider;
  /** Seconds since 1970 UTC on the board's clock. */
  readonly now: () => number;
  /** Seconds that a ticket, and a key, is good for. */
  readonly lifetime: number;
}

export class SessionTickets {
  readonly #options: SessionTicketOptions;
  #active: TicketKey;
  #other: TicketKey;

  constructor(options: SessionTicketOptions) {
    this.#options = options;
    this.#active = this.#makeKey();
    this.#other = this.#makeKey();
  }

  /** `mbedtls_ssl_ticket_write` */
  seal(session: Session12): NewSessionTicket {
    return this.sealState(encodeState(session), VERSION_TLS12);
  }

  /** `mbedtls_ssl_ticket_parse`; undefined for a ticket that is not ours, or no longer good. */
  open(ticket: Uint8Array): Session12 | undefined {
    const state = this.openState(ticket, VERSION_TLS12);
    return state && decodeState(state);
  }

  /** A ticket that holds a state of any form. @param version - Of the protocol, for which alone it is good. */
  sealState(state: Uint8Array, version: number): NewSessionTicket {
    this.#rotate();
    const dated = concatenate(encodeUint(Math.floor(this.#options.now()), TIME_LENGTH), state);
    const iv = this.#options.crypto.randomBytes(IV_LENGTH);
    const header = concatenate(this.#active.name, iv, encodeUint(dated.length, 2));
    const authenticated = concatenate(header, encodeUint(version, 2));
    const ticket = concatenate(header, this.#active.key.seal(iv, authenticated, dated));
    return { lifetimeHint: this.#options.lifetime, ticket };
  }

  /** The state in a ticket of `sealState`; undefined for one that is not ours, or no longer good. */
  openState(ticket: Uint8Array, version: number): Uint8Array | undefined {
    if (ticket.length < HEADER_LENGTH + TAG_LENGTH) return undefined;
    this.#rotate();
    const header = ticket.subarray(0, HEADER_LENGTH);
    const name = header.subarray(0, KEY_NAME_LENGTH);
    const key = [this.#active, this.#other].find((candidate) => bytesEqual(candidate.name, name));
    const iv = header.subarray(KEY_NAME_LENGTH, KEY_NAME_LENGTH + IV_LENGTH);
    const authenticated = concatenate(header, encodeUint(version, 2));
    const dated = key?.key.open(iv, authenticated, ticket.subarray(HEADER_LENGTH));
    if (!dated) return undefined;
    const age = this.#options.now() - new ByteReader(dated).uint(TIME_LENGTH);
    return age >= 0 && age <= this.#options.lifetime ? dated.subarray(TIME_LENGTH) : undefined;
  }

  /** `ssl_ticket_update_keys`: the other key stays, for the tickets that are out. */
  #rotate(): void {
    const age = this.#options.now() - this.#active.made;
    if (age >= 0 && age < this.#options.lifetime) return;
    this.#other = this.#active;
    this.#active = this.#makeKey();
  }

  #makeKey(): TicketKey {
    const { crypto, now } = this.#options;
    return {
      name: crypto.randomBytes(KEY_NAME_LENGTH),
      key: crypto.aesGcm(crypto.randomBytes(KEY_LENGTH)),
      made: now(),
    };
  }
}

function encodeState(session: Session12): Uint8Array {
  const { cipherSuite, masterSecret, encryptThenMac, maxFragmentLength, peerCertificates } = session;
  return concatenate(
    encodeUint(cipherSuite.id, 2),
    masterSecret,
    Uint8Array.of(encryptThenMac ? 1 : 0, maxFragmentLength),
    encodeVector(3, peerCertificates[0]?.der ?? new Uint8Array(0)),
  );
}

/** The state is our own, so it decodes. */
function decodeState(state: Uint8Array): Session12 | undefined {
  const reader = new ByteReader(state);
  const cipherSuite = cipherSuiteFromId(reader.uint(2));
  const masterSecret = reader.bytes(MASTER_SECRET_LENGTH);
  const encryptThenMac = reader.uint(1) === 1;
  const maxFragmentLength = reader.uint(1) as MaxFragmentLengthCode;
  const certificate = reader.vector(3);
  return (
    cipherSuite && {
      version: "TLSv1.2",
      sessionId: new Uint8Array(0),
      cipherSuite,
      masterSecret,
      encryptThenMac,
      maxFragmentLength,
      peerCertificates: certificate.length > 0 ? [parseCertificate(certificate)] : [],
      ticket: new Uint8Array(0),
    }
  );
}
