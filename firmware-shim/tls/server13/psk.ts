/** Tickets that a client offers: `ssl_tls13_parse_pre_shared_key_ext` in mbedTLS, and what goes into a ticket. */

import { ByteReader, concatenate, encodeUint, encodeVector, equalConstantTime } from "../bytes.ts";
import { type CipherSuite13, cipherSuite13FromId } from "../ciphersuites13.ts";
import { decodeError, ERR, MbedTlsError } from "../errors.ts";
import type { Handshake13 } from "../handshake13/handshake.ts";
import { milliseconds } from "../handshake13/session.ts";
import { resumptionBinder } from "../key-schedule13.ts";
import { TLS13_MAX_TICKET_LIFETIME, TLS13_TICKET_AGE_TOLERANCE } from "../limits.ts";
import { EXTENSION_TYPES } from "../messages/extensions.ts";
import { VERSION_TLS13 } from "../record/content-type.ts";
import type { SessionTickets } from "../server12/session-tickets.ts";
import type { ClientOffer13 } from "./client-hello.ts";

/** Bytes of a time in milliseconds. */
const TIME_LENGTH = 6;

/** What is in a ticket. */
export interface TicketState {
  readonly cipherSuite: CipherSuite13;
  readonly psk: Uint8Array;
  readonly ageAdd: number;
  /** Milliseconds since 1970 UTC. */
  readonly created: number;
}

/** The ticket that the server takes. */
export interface SelectedPsk {
  readonly identity: number;
  readonly cipherSuite: CipherSuite13;
  readonly psk: Uint8Array;
}

/** @returns The ticket; its lifetime is what `SessionTickets` was told. */
export function sealTicket(
  tickets: SessionTickets,
  state: TicketState,
): { ticket: Uint8Array; lifetime: number } {
  const { cipherSuite, psk, ageAdd, created } = state;
  const bytes = concatenate(
    encodeUint(cipherSuite.id, 2),
    encodeVector(1, psk),
    encodeUint(ageAdd, 4),
    encodeUint(created, TIME_LENGTH),
  );
  const { ticket, lifetimeHint } = tickets.sealState(bytes, VERSION_TLS13);
  return { ticket, lifetime: Math.min(lifetimeHint, TLS13_MAX_TICKET_LIFETIME) };
}

/** The state is our own, so it decodes. */
function openTicket(tickets: SessionTickets | undefined, ticket: Uint8Array): TicketState | undefined {
  const bytes = tickets?.openState(ticket, VERSION_TLS13);
  if (!bytes) return undefined;
  const reader = new ByteReader(bytes);
  const cipherSuite = cipherSuite13FromId(reader.uint(2));
  const psk = reader.vector(1);
  const ageAdd = reader.uint(4);
  return cipherSuite && { cipherSuite, psk, ageAdd, created: reader.uint(4) * 2 ** 16 + reader.uint(2) };
}

/** Whether client and server agree on how old the ticket is, as far as that can be. */
function isFresh({ created, ageAdd }: TicketState, obfuscatedAge: number, now: number): boolean {
  const serverAge = milliseconds(now) - created;
  const clientAge = (obfuscatedAge - ageAdd + 2 ** 32) % 2 ** 32;
  const difference = Math.abs(serverAge - clientAge);
  return (
    serverAge >= 0 &&
    serverAge <= TLS13_MAX_TICKET_LIFETIME * 1000 &&
    difference <= TLS13_TICKET_AGE_TOLERANCE
  );
}

interface OfferedIdentity {
  readonly ticket: Uint8Array;
  readonly obfuscatedAge: number;
  readonly binder: Uint8Array;
}

/** The identities with their binders, and how many bytes the list of binders takes. */
function decodePreSharedKey(data: Uint8Array): { identities: OfferedIdentity[]; bindersLength: number } {
  const reader = new ByteReader(data);
  const offered = new ByteReader(reader.vector(2));
  const bindersLength = reader.remaining;
  const binders = new ByteReader(reader.vector(2));
  if (reader.remaining > 0) throw decodeError("bytes after the binders");
  const identities: OfferedIdentity[] = [];
  while (offered.remaining > 0) {
    const ticket = offered.vector(2);
    const obfuscatedAge = offered.uint(4);
    identities.push({ ticket, obfuscatedAge, binder: binders.vector(1) });
  }
  if (identities.length === 0 || binders.remaining > 0)
    throw decodeError("identities and binders do not pair");
  return { identities, bindersLength };
}

/**
 * The first ticket that is good; undefined where there is none, which leads to a full handshake.
 *
 * @param message - The ClientHello; the messages before it are in the transcript.
 * @throws MbedTlsError decode_error; decrypt_error for a binder that does not fit its ticket.
 */
export function selectPsk(
  handshake: Handshake13,
  offer: ClientOffer13,
  message: Uint8Array,
): SelectedPsk | undefined {
  if (!offer.preSharedKey) return undefined;
  const { identities, bindersLength } = decodePreSharedKey(offer.preSharedKey);
  if (!canUsePsk(offer)) return undefined;
  const { io, context, transcript } = handshake;
  const covered = message.subarray(0, message.length - bindersLength);
  for (const [identity, { ticket, obfuscatedAge, binder }] of identities.entries()) {
    const state = openTicket(context.sessionTickets, ticket);
    if (!state || !isFresh(state, obfuscatedAge, io.now())) continue;
    const { cipherSuite, psk } = state;
    if (!offer.cipherSuites.includes(cipherSuite.id) || !context.cipherSuites13.includes(cipherSuite)) {
      throw refused("the ticket's suite is not offered");
    }
    const hash = transcript.digestWith(cipherSuite.hash, covered);
    if (!equalConstantTime(binder, resumptionBinder(io.crypto, cipherSuite, psk, hash))) {
      throw refused("the binder does not match");
    }
    return { identity, cipherSuite, psk: psk.slice() };
  }
  return undefined;
}

function canUsePsk({ pskWithDhe, present }: ClientOffer13): boolean {
  const { supported_groups, key_share } = EXTENSION_TYPES;
  return pskWithDhe && present.has(supported_groups) && present.has(key_share);
}

function refused(reason: string): MbedTlsError {
  return new MbedTlsError(ERR.SSL_HANDSHAKE_FAILURE, { alert: "decrypt_error", reason });
}
