/** DTLS's records, fragments, cookies and window, byte by byte. */

import { describe, expect, test } from "vitest";
import { ClientCookies } from "../../../../firmware-shim/tls/dtls/cookies.ts";
import {
  encodeFragment,
  type Fragment,
  parseFragment,
  wholeFragment,
} from "../../../../firmware-shim/tls/dtls/fragment.ts";
import { DatagramOutput } from "../../../../firmware-shim/tls/dtls/output.ts";
import { Reassembly } from "../../../../firmware-shim/tls/dtls/reassembly.ts";
import { ReplayWindow } from "../../../../firmware-shim/tls/dtls/replay-window.ts";
import type { MbedTlsError } from "../../../../firmware-shim/tls/errors.ts";
import {
  decodeHelloVerifyRequest,
  encodeHelloVerifyRequest,
} from "../../../../firmware-shim/tls/messages/hello-verify-request.ts";
import {
  encodeDtlsRecord,
  encodeSequence,
  parseDtlsRecord,
} from "../../../../firmware-shim/tls/record/dtls-record.ts";
import { crypto } from "../engine/harness.ts";

const bytes = (hex: string) => Buffer.from(hex.replace(/\s/g, ""), "hex");
const hex = (data: Uint8Array | undefined) => data && Buffer.from(data).toString("hex");

describe("records", () => {
  const RECORD = "17 fefd 0001 000000000005 0003 616263";

  test("are encoded", () => {
    const record = encodeDtlsRecord(23, encodeSequence(1, 5), Buffer.from("abc"));
    expect(hex(record)).toBe(hex(bytes(RECORD)));
    expect(hex(encodeSequence(0xffff, 2 ** 48 - 1))).toBe("ffffffffffffffff");
    expect(hex(encodeSequence(2, 2 ** 32 + 1))).toBe("0002000100000001");
  });

  test("are parsed, whatever follows", () => {
    expect(parseDtlsRecord(new Uint8Array(bytes(`${RECORD} 16`)))).toEqual({
      contentType: 23,
      version: 0xfefd,
      epoch: 1,
      sequenceNumber: 5,
      sequence: new Uint8Array(bytes("0001000000000005")),
      payload: new Uint8Array(bytes("616263")),
      length: 16,
    });
    expect(parseDtlsRecord(bytes("17 fefd 0001 ffffffffffff 0001 00"))?.sequenceNumber).toBe(2 ** 48 - 1);
  });

  test.each([
    ["cut off", RECORD.slice(0, -2)],
    ["without a whole header", "17 fefd 0001 000000000005 00"],
    ["of type 19", RECORD.replace("17", "13")],
    ["of type 24", RECORD.replace("17", "18")],
    ["empty", "17 fefd 0001 000000000005 0000"],
    ["of version fefc, which would be DTLS 1.3", RECORD.replace("fefd", "fefc")],
    ["of TLS 1.2's version", RECORD.replace("fefd", "0303")],
  ])("%s are none", (_, record) => expect(parseDtlsRecord(bytes(record))).toBeUndefined());

  test.each(["feff", "fefd", "0100"])("of version %s are taken, as by mbedTLS", (version) =>
    expect(parseDtlsRecord(bytes(RECORD.replace("fefd", version)))).toBeDefined(),
  );
});

describe("fragments", () => {
  const FRAGMENT = "0b 000010 0002 000004 000003 616263";

  test("are encoded and parsed", () => {
    const fragment = { type: 11, messageLength: 16, sequence: 2, offset: 4, body: Buffer.from("abc") };
    expect(hex(encodeFragment(fragment))).toBe(hex(bytes(FRAGMENT)));
    expect(parseFragment(new Uint8Array(bytes(`${FRAGMENT} 99`)))).toEqual({
      ...fragment,
      body: new Uint8Array(fragment.body),
    });
    expect(hex(encodeFragment(wholeFragment(bytes("0b 000003 616263"), 7)))).toBe(
      hex(bytes("0b 000003 0007 000000 000003 616263")),
    );
  });

  test.each([
    ["cut off", FRAGMENT.slice(0, -2)],
    ["without a whole header", FRAGMENT.slice(0, 28)],
    ["that begin behind the message", FRAGMENT.replace("000004", "000011")],
    ["that end behind the message", FRAGMENT.replace("000004", "00000e")],
  ])("%s are none", (_, fragment) => expect(parseFragment(bytes(fragment))).toBeUndefined());

  test("fill datagrams up", () => {
    const output = new DatagramOutput(4096);
    output.mtu = 40;
    output.addMessage(wholeFragment(bytes("02 000001 aa"), 0));
    output.addMessage(wholeFragment(bytes(`0b 000010 ${"bb".repeat(16)}`), 1));
    output.addMessage(wholeFragment(bytes("0e 000000"), 2));
    output.transmit();
    const datagrams = [output.take(), output.take(), output.take(), output.take()].map(hex);
    expect(datagrams).toEqual([
      hex(bytes("16 fefd 0000 000000000000 000d  02 000001 0000 000000 000001 aa")),
      hex(bytes(`16 fefd 0000 000000000001 001b  0b 000010 0001 000000 00000f ${"bb".repeat(15)}`)),
      hex(bytes("16 fefd 0000 000000000002 000d  0b 000010 0001 00000f 000001 bb")),
      hex(bytes("16 fefd 0000 000000000003 000c  0e 000000 0002 000000 000000")),
    ]);
    output.mtu = 0;
    output.transmit();
    expect(hex(output.take())).toBe(
      hex(
        bytes(
          `16 fefd 0000 000000000004 000d  02 000001 0000 000000 000001 aa
           16 fefd 0000 000000000005 001c  0b 000010 0001 000000 000010 ${"bb".repeat(16)}
           16 fefd 0000 000000000006 000c  0e 000000 0002 000000 000000`,
        ),
      ),
    );
  });
});

describe("reassembly", () => {
  const MESSAGE = Buffer.from("0123456789abcdefghi");
  const piece = (offset: number, end: number, sequence = 0): Fragment => ({
    type: 11,
    messageLength: MESSAGE.length,
    sequence,
    offset,
    body: MESSAGE.subarray(offset, end),
  });
  const complete = (reassembly: Reassembly, sequence = 0) => {
    const whole = reassembly.complete(sequence);
    return whole && Buffer.from(whole.body).toString();
  };

  test("of pieces in every order, overlapping, repeated", () => {
    const pieces = [piece(0, 5), piece(3, 9), piece(9, 10), piece(8, 19)];
    for (const order of permutations([0, 1, 2, 3])) {
      const reassembly = new Reassembly();
      for (const [place, index] of order.entries()) {
        reassembly.add(pieces[index]!, 0);
        reassembly.add(pieces[order[0]!]!, 0);
        // The third piece lies inside of the fourth and second.
        const has = new Set(order.slice(0, place + 1));
        const isAll = has.has(0) && has.has(1) && has.has(3) && (has.has(2) || place < 0);
        if (isAll) expect(complete(reassembly)).toBe(MESSAGE.toString());
      }
      expect(complete(reassembly)).toBe(MESSAGE.toString());
    }
  });

  test("cut at every byte", () => {
    for (let cut = 1; cut < MESSAGE.length; cut++) {
      const reassembly = new Reassembly();
      reassembly.add(piece(cut, MESSAGE.length), 0);
      expect(complete(reassembly)).toBeUndefined();
      reassembly.add(piece(0, cut), 0);
      expect(complete(reassembly)).toBe(MESSAGE.toString());
    }
  });

  test("pieces of another message with the same number are ignored", () => {
    const reassembly = new Reassembly();
    reassembly.add(piece(0, 10), 0);
    reassembly.add({ ...piece(10, 19), type: 12 }, 0);
    reassembly.add({ ...piece(10, 19), messageLength: 20 }, 0);
    expect(complete(reassembly)).toBeUndefined();
    reassembly.add(piece(10, 19), 0);
    expect(complete(reassembly)).toBe(MESSAGE.toString());
  });

  test("four messages are kept, from the one that is due on", () => {
    const reassembly = new Reassembly();
    for (const sequence of [9, 8, 7, 6, 5]) reassembly.add(piece(0, 19, sequence), 5);
    for (const sequence of [5, 6, 7, 8]) {
      expect(complete(reassembly, sequence)).toBe(MESSAGE.toString());
      reassembly.advance();
    }
    expect(complete(reassembly, 9)).toBeUndefined();
  });

  test("what is due takes the room of what is not; what is too large for any is ignored", () => {
    const reassembly = new Reassembly();
    const large = (sequence: number, length = 16000): Fragment => ({
      type: 11,
      messageLength: length,
      sequence,
      offset: 0,
      body: new Uint8Array(length),
    });
    reassembly.keepRecord(1, new Uint8Array(100));
    for (const sequence of [2, 1]) reassembly.add(large(sequence), 0);
    reassembly.add({ ...large(0, 14000), body: new Uint8Array(10) }, 0);
    expect(reassembly.takeRecord(1)).toBeUndefined();
    reassembly.add({ ...large(0, 14000), offset: 10, body: new Uint8Array(13990) }, 0);
    expect(reassembly.complete(0)?.messageLength).toBe(14000);
    reassembly.advance();
    expect(reassembly.complete(1)).toBeDefined();
    reassembly.advance();
    expect(reassembly.complete(2)).toBeUndefined();
    reassembly.add(large(2, 16373), 2);
    expect(reassembly.complete(2)).toBeUndefined();
    reassembly.add(large(2, 16372), 2);
    expect(reassembly.complete(2)).toBeDefined();
  });

  test("one record of the next epoch is kept", () => {
    const reassembly = new Reassembly();
    reassembly.keepRecord(1, Uint8Array.of(1));
    reassembly.keepRecord(1, Uint8Array.of(2));
    expect(reassembly.takeRecord(0)).toBeUndefined();
    expect(reassembly.takeRecord(1)).toEqual(Uint8Array.of(1));
    expect(reassembly.takeRecord(1)).toBeUndefined();
  });
});

test("the replay window has 64 numbers", () => {
  const window = new ReplayWindow();
  expect(window.accepts(0)).toBe(true);
  window.add(0);
  expect(window.accepts(0)).toBe(false);
  window.add(64);
  expect([0, 1, 63, 64, 65].map((number) => window.accepts(number))).toEqual([
    false,
    true,
    true,
    false,
    true,
  ]);
  window.add(1);
  expect(window.accepts(1)).toBe(false);
  window.add(2 ** 48 - 1);
  expect([65, 2 ** 48 - 65, 2 ** 48 - 64, 2 ** 48 - 1].map((number) => window.accepts(number))).toEqual([
    false,
    false,
    true,
    false,
  ]);
});

describe("HelloVerifyRequest", () => {
  test("is encoded and decoded", () => {
    expect(hex(encodeHelloVerifyRequest(bytes("aabb")))).toBe("fefd02aabb");
    expect(hex(decodeHelloVerifyRequest(bytes("fefd02aabb")))).toBe("aabb");
    expect(hex(decodeHelloVerifyRequest(bytes("feff00")))).toBe("");
  });

  test.each([
    ["fefd", "decode_error"],
    ["fefd02aa", "decode_error"],
    ["030300", "protocol_version"],
  ])("%s is none", (body, alert) => {
    try {
      decodeHelloVerifyRequest(bytes(body));
      expect.unreachable();
    } catch (error) {
      expect((error as MbedTlsError).alert).toBe(alert);
    }
  });
});

describe("cookies", () => {
  let now = 946684800;
  const key = new Uint8Array(32).fill(7);
  const create = (id: string, secret = key) => new ClientCookies(crypto, secret, Buffer.from(id), () => now);

  test("are the time and 28 bytes of HMAC-SHA256 over it and the client", () => {
    // printf '\x38\x6d\x43\x80client' | openssl dgst -sha256 -mac hmac -macopt hexkey:0707…
    expect(hex(create("client").create())).toBe(
      "386d43800dec6387de412a0bbda8323074f6be13206c7ff8b0d944484c3efaed",
    );
  });

  test("are good for the same client and secret, for a minute", () => {
    const cookie = create("client").create();
    expect(create("client").check(cookie)).toBe(true);
    expect(create("other").check(cookie)).toBe(false);
    expect(create("client", new Uint8Array(32)).check(cookie)).toBe(false);
    for (let index = 0; index < cookie.length; index++) {
      const changed = cookie.slice();
      changed[index]! ^= 1;
      expect(create("client").check(changed)).toBe(false);
    }
    expect(create("client").check(cookie.subarray(1))).toBe(false);
    expect(create("client").check(new Uint8Array(0))).toBe(false);
    now += 60;
    expect(create("client").check(cookie)).toBe(true);
    now += 1;
    expect(create("client").check(cookie)).toBe(false);
    now -= 62;
    expect(create("client").check(cookie)).toBe(false);
  });
});

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, index) => {
    const others = items.filter((_, other) => other !== index);
    return permutations(others).map((rest) => [item, ...rest]);
  });
}
