/** Names as the board's access point resolves them, and the addresses that stand for its own machine. */

import { lookup as dnsLookup } from "node:dns/promises";
import { isIP } from "node:net";
import { ResolveStatus } from "../../firmware-shim/net/wisp/constants.ts";
import { LOOKUP_TIMEOUT, NTP_LOOKUP_TIMEOUT } from "./limits.ts";

/** IPv4 addresses of a name; rejects with a Node error, whose code tells why. */
export type Lookup = (name: string) => Promise<readonly string[]>;

/** The machine that runs the gateway. */
export const HOST_NAME = "host.breadbox";

/**
 * What the board sees of that machine. 198.18.0.0/15 is set aside for benchmarks (RFC 2544) and so on no
 * network that a program may want to reach. 127.0.0.1 would be the board itself.
 */
export const HOST_ADDRESS = "198.18.0.1";

/** The access point's time server, where pool.ntp.org cannot be resolved. */
export const NTP_ADDRESS = "198.18.0.123";

const NTP_POOL = /^([^.]+\.)?pool\.ntp\.org\.?$/i;
/** The pool's answers rotate; only the latest are of interest. */
const MAX_NTP_ADDRESSES = 64;

export interface Resolution {
  readonly status: number;
  readonly addresses: readonly string[];
}

export class Names {
  readonly #lookup: Lookup;
  readonly #ntpAddresses = new Set<string>();

  constructor(lookup: Lookup = systemLookup) {
    this.#lookup = lookup;
  }

  async resolve(name: string): Promise<Resolution> {
    if (name.toLowerCase() === HOST_NAME) return found([HOST_ADDRESS]);
    if (NTP_POOL.test(name)) return this.#resolveNtp(name);
    try {
      return found(await within(LOOKUP_TIMEOUT, this.#lookup(name)));
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      const unknown = code === "ENOTFOUND" || code === "ENODATA";
      return { status: unknown ? ResolveStatus.NO_SUCH_NAME : ResolveStatus.FAILED, addresses: [] };
    }
  }

  /** The address to connect to for a host that a client names, or why there is none. */
  async reach(host: string): Promise<{ address: string } | { status: number }> {
    if (isIP(host) !== 0) return { address: this.real(host) };
    const { status, addresses } = await this.resolve(host);
    const [first] = addresses;
    return first === undefined ? { status } : { address: this.real(first) };
  }

  /** The real address behind one that the board was given. */
  real(address: string): string {
    return address === HOST_ADDRESS ? "127.0.0.1" : address;
  }

  /** Whether an address was given as one of pool.ntp.org. */
  isNtpServer(address: string): boolean {
    return this.#ntpAddresses.has(address);
  }

  async #resolveNtp(name: string): Promise<Resolution> {
    const addresses = await within(NTP_LOOKUP_TIMEOUT, this.#lookup(name)).catch(() => []);
    for (const address of addresses) this.#ntpAddresses.add(address);
    for (const address of this.#ntpAddresses) {
      if (this.#ntpAddresses.size <= MAX_NTP_ADDRESSES) break;
      this.#ntpAddresses.delete(address);
    }
    return found(addresses.length > 0 ? addresses : [NTP_ADDRESS]);
  }
}

function found(addresses: readonly string[]): Resolution {
  return { status: ResolveStatus.OK, addresses };
}

async function systemLookup(name: string): Promise<readonly string[]> {
  const results = await dnsLookup(name, { family: 4, all: true });
  return results.map(({ address }) => address);
}

/** Rejects where `promise` takes longer; its own outcome is then of no interest. */
async function within<T>(timeoutMs: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
