/** DTLS for a connection. */

import type { TlsContext } from "../context.ts";
import type { CryptoProvider } from "../crypto/provider.ts";
import { ERR, MbedTlsError } from "../errors.ts";
import { maxPlaintextOut } from "../handshake12/session.ts";
import type { DatagramIo } from "../state.ts";
import { ClientCookies, COOKIE_KEY_LENGTH } from "./cookies.ts";
import { DtlsLayer } from "./layer.ts";

export interface DatagramOptions {
  readonly crypto: CryptoProvider;
  readonly now: () => number;
  readonly ticks?: (() => number) | undefined;
  readonly clientId?: Uint8Array | undefined;
}

export interface DatagramParts {
  readonly layer: DtlsLayer;
  readonly io: DatagramIo;
  /** What is missing (`MBEDTLS_ERR_SSL_BAD_INPUT_DATA`): a server's client_id, or the timer. */
  readonly error: MbedTlsError | undefined;
}

export function createDatagramParts(context: TlsContext, options: DatagramOptions): DatagramParts {
  const { ticks, clientId } = options;
  const cookies = context.isServer ? createCookies(context, options) : undefined;
  const layer = new DtlsLayer({
    ticks: ticks ?? (() => 0),
    maxPlaintext: maxPlaintextOut(context.maxFragmentLength),
    cookies,
  });
  const missing = !ticks ? "no timer" : context.isServer && !clientId ? "no client_id" : undefined;
  const error = missing ? new MbedTlsError(ERR.SSL_BAD_INPUT_DATA, { reason: missing }) : undefined;
  return { layer, io: { cookies, limitOutput: (length) => layer.limitOutput(length) }, error };
}

/** The secret is the context's, so that a cookie of one connection is good for the next. */
function createCookies(context: TlsContext, { crypto, now, clientId }: DatagramOptions): ClientCookies {
  context.cookieKey ??= crypto.randomBytes(COOKIE_KEY_LENGTH);
  return new ClientCookies(crypto, context.cookieKey, clientId ?? new Uint8Array(0), now);
}
