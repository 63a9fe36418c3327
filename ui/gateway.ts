/** Finds the gateway, which is on the server that this page came from. */

/** Milliseconds between attempts: a server that is started again is found soon. */
const RETRY = 1000;

/**
 * Asks for the gateway's address and token until there is an answer: a board does not give up its network
 * because the server was not there for a moment.
 *
 * @param onMissing - told after each attempt whether nobody answered
 */
export async function findGateway(
  onMissing: (missing: boolean) => void,
): Promise<{ readonly url: string; readonly token: string }> {
  for (;;) {
    const found = await ask().catch(() => undefined);
    onMissing(found === undefined);
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, RETRY));
  }
}

async function ask() {
  const response = await fetch("gateway.json", { cache: "no-store" });
  if (!response.ok) throw new Error(`gateway.json: ${response.status}`);
  const { path, token } = (await response.json()) as { path: string; token: string };
  const url = new URL(path, location.href);
  url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  return { url: url.href, token };
}
