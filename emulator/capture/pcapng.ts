/**
 * Blocks of a pcapng file (draft-ietf-opsawg-pcapng), little-endian, as bytes to be written one after the other. A
 * file whose writer was killed is a whole one up to the last block.
 */

const BLOCK_SECTION_HEADER = 0x0a0d0d0a;
const BLOCK_INTERFACE_DESCRIPTION = 1;
const BLOCK_ENHANCED_PACKET = 6;
const BLOCK_DECRYPTION_SECRETS = 10;

const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const VERSION_MAJOR = 1;
const VERSION_MINOR = 0;

/** LINKTYPE_ETHERNET of the registry of link types. */
const LINKTYPE_ETHERNET = 1;

const OPTION_END = 0;
const OPTION_SHB_USERAPPL = 4;
const OPTION_IF_NAME = 2;
const OPTION_IF_TSRESOL = 9;
const OPTION_EPB_FLAGS = 2;

/** Time stamps count microseconds: 10^-6 s. */
const RESOLUTION_MICROS = 6;

/** Directions of epb_flags. */
const INBOUND = 1;
const OUTBOUND = 2;

/** TLS Key Log: "TLSK". */
const SECRETS_TLS_KEY_LOG = 0x544c534b;

/** The Section Header Block that a file begins with. `application` is the program that writes it. */
export function sectionHeader(application: string): Uint8Array {
  const body = new Uint8Array(16);
  const view = new DataView(body.buffer);
  view.setUint32(0, BYTE_ORDER_MAGIC, true);
  view.setUint16(4, VERSION_MAJOR, true);
  view.setUint16(6, VERSION_MINOR, true);
  // How long the section becomes is not known: -1.
  view.setBigInt64(8, -1n, true);
  return block(
    BLOCK_SECTION_HEADER,
    body,
    options([OPTION_SHB_USERAPPL, new TextEncoder().encode(application)]),
  );
}

/** The Interface Description Block of an Ethernet interface; the first one is interface 0. */
export function interfaceDescription(name: string): Uint8Array {
  const body = new Uint8Array(8);
  // Reserved bytes and the snapshot length stay 0: packets are never cut.
  new DataView(body.buffer).setUint16(0, LINKTYPE_ETHERNET, true);
  return block(
    BLOCK_INTERFACE_DESCRIPTION,
    body,
    options(
      [OPTION_IF_NAME, new TextEncoder().encode(name)],
      [OPTION_IF_TSRESOL, Uint8Array.of(RESOLUTION_MICROS)],
    ),
  );
}

/**
 * An Enhanced Packet Block on interface 0.
 *
 * @param micros - microseconds since 1970 UTC
 */
export function enhancedPacket(
  frame: Uint8Array,
  micros: number,
  direction: "inbound" | "outbound",
): Uint8Array {
  const body = new Uint8Array(20 + padded(frame.length));
  const view = new DataView(body.buffer);
  view.setUint32(4, Math.floor(micros / 2 ** 32), true);
  view.setUint32(8, micros % 2 ** 32, true);
  view.setUint32(12, frame.length, true);
  view.setUint32(16, frame.length, true);
  body.set(frame, 20);
  const flags = Uint8Array.of(direction === "inbound" ? INBOUND : OUTBOUND, 0, 0, 0);
  return block(BLOCK_ENHANCED_PACKET, body, options([OPTION_EPB_FLAGS, flags]));
}

/**
 * A Decryption Secrets Block with lines of an NSS key log. It has to stand before the packets that it decrypts.
 */
export function decryptionSecrets(keyLog: string): Uint8Array {
  const secrets = new TextEncoder().encode(keyLog);
  const body = new Uint8Array(8 + padded(secrets.length));
  const view = new DataView(body.buffer);
  view.setUint32(0, SECRETS_TLS_KEY_LOG, true);
  view.setUint32(4, secrets.length, true);
  body.set(secrets, 8);
  return block(BLOCK_DECRYPTION_SECRETS, body, new Uint8Array(0));
}

/** Type, length, body and options, and the length again, so that a file can be read backwards. */
function block(type: number, body: Uint8Array, optionBytes: Uint8Array): Uint8Array {
  const length = 12 + body.length + optionBytes.length;
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, type, true);
  view.setUint32(4, length, true);
  bytes.set(body, 8);
  bytes.set(optionBytes, 8 + body.length);
  view.setUint32(length - 4, length, true);
  return bytes;
}

function options(...list: readonly (readonly [code: number, value: Uint8Array])[]): Uint8Array {
  const bytes: number[] = [];
  for (const [code, value] of [...list, [OPTION_END, new Uint8Array(0)] as const]) {
    bytes.push(code & 0xff, code >> 8, value.length & 0xff, value.length >> 8, ...value);
    while (bytes.length % 4 !== 0) bytes.push(0);
  }
  return Uint8Array.from(bytes);
}

/** Everything is aligned to 32 bits. */
function padded(length: number): number {
  return (length + 3) & ~3;
}
