/** Ways to spoil a flight: in its messages, whose lengths are put right again, in its records, and in its bytes. */

import type { Random } from "../random.ts";

const HANDSHAKE = 22;
/** What lengths, counts and types like to be when they are wrong. */
const AWKWARD = [0x00, 0x01, 0x02, 0x03, 0x0e, 0x10, 0x14, 0x15, 0x16, 0x17, 0x40, 0x7f, 0x80, 0xfe, 0xff];

interface Part {
  readonly type: number;
  readonly body: Buffer;
}

/** The records of a flight. */
export function splitRecords(flight: Buffer): Part[] {
  const records: Part[] = [];
  for (let at = 0; at + 5 <= flight.length; ) {
    const end = at + 5 + flight.readUInt16BE(at + 3);
    records.push({ type: flight[at]!, body: flight.subarray(at + 5, end) });
    at = end;
  }
  return records;
}

function joinRecords(records: readonly Part[]): Buffer {
  return Buffer.concat(
    records.flatMap(({ type, body }) => [Buffer.of(type, 3, 3, body.length >> 8, body.length & 0xff), body]),
  );
}

/** A message's or a record's bytes with something wrong, and perhaps of another length. */
function spoilBytes(original: Buffer, random: Random): Buffer {
  const bytes = Buffer.from(original);
  if (bytes.length === 0) return Buffer.of(random(256));
  const at = random(bytes.length);
  switch (random(7)) {
    case 0:
      bytes[at] = random(256);
      return bytes;
    case 1:
      bytes[at] = AWKWARD[random(AWKWARD.length)]!;
      return bytes;
    case 2:
      bytes[at]! ^= 1 << random(8);
      return bytes;
    case 3:
      return bytes.subarray(0, at);
    case 4:
      return Buffer.concat([bytes.subarray(0, at), Buffer.of(random(256)), bytes.subarray(at)]);
    case 5:
      // A part twice, or left out.
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(random(bytes.length))]);
    default:
      for (let count = random(8); count >= 0; count--) bytes[random(bytes.length)] = random(256);
      return bytes;
  }
}

/** A handshake message with another body, of which its header tells the length; or of another type. */
export function spoilMessage(original: Buffer, random: Random): Buffer {
  const body = spoilBytes(original.subarray(4), random);
  const message = Buffer.concat([original.subarray(0, 4), body]);
  message.writeUIntBE(body.length, 1, 3);
  if (random(16) === 0) message[0] = random(26);
  return message;
}

/** The messages that a plaintext handshake record is made of; the last may be cut off. */
function splitMessages(body: Buffer): Buffer[] {
  const messages: Buffer[] = [];
  for (let at = 0; at < body.length; ) {
    const end = at + 4 <= body.length ? at + 4 + body.readUIntBE(at + 1, 3) : body.length;
    messages.push(body.subarray(at, end));
    at = end;
  }
  return messages;
}

function spoilMessages(records: Part[], random: Random): Part[] {
  const at = random(records.length);
  const record = records[at]!;
  if (record.type !== HANDSHAKE) return records;
  const messages = splitMessages(record.body);
  const index = random(messages.length);
  switch (random(8)) {
    case 0:
      messages.splice(index, 1);
      break;
    case 1:
      messages.splice(index, 0, messages[random(messages.length)]!);
      break;
    default:
      messages[index] = spoilMessage(messages[index]!, random);
  }
  return records.with(at, { type: HANDSHAKE, body: Buffer.concat(messages) });
}

/** The same bytes in records of other sizes, an empty one perhaps among them. */
function resplit(records: Part[], random: Random): Part[] {
  return records.flatMap(({ type, body }) => {
    const parts: Part[] = [];
    for (let at = 0; at < body.length; ) {
      const end = at + 1 + random(random(2) ? 16 : body.length);
      parts.push({ type, body: body.subarray(at, end) });
      at = end;
    }
    if (random(8) === 0) parts.splice(random(parts.length + 1), 0, { type, body: Buffer.alloc(0) });
    return parts;
  });
}

function spoilRecords(records: Part[], random: Random): Part[] {
  const at = random(records.length);
  switch (random(5)) {
    case 0:
      return records.toSpliced(at, 1);
    case 1:
      return records.toSpliced(at, 0, records[random(records.length)]!);
    case 2:
      return records.toSpliced(at, 0, {
        type: 20 + random(6),
        body: Buffer.from(Array.from({ length: random(6) }, () => AWKWARD[random(AWKWARD.length)]!)),
      });
    case 3:
      return records.with(at, { type: 20 + random(6), body: records[at]!.body });
    default:
      return records.with(at, { type: records[at]!.type, body: spoilBytes(records[at]!.body, random) });
  }
}

/** A flight with something wrong. */
export function spoilFlight(flight: Buffer, random: Random): Buffer {
  const records = splitRecords(flight);
  switch (random(8)) {
    case 0:
      return spoilBytes(flight, random);
    case 1:
      return joinRecords(spoilRecords(records, random));
    case 2:
      return joinRecords(resplit(spoilMessages(records, random), random));
    default:
      return joinRecords(spoilMessages(records, random));
  }
}

/** The pieces in which a flight arrives: one, or several. */
export function* pieces(flight: Buffer, random: Random): Generator<Buffer> {
  if (random(2)) {
    yield flight;
    return;
  }
  for (let at = 0; at < flight.length; ) {
    const end = at + 1 + random(random(3) ? flight.length : 8);
    yield flight.subarray(at, end);
    at = end;
  }
}
