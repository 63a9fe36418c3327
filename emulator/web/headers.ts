/** The headers of the page and of every file of it. */

/**
 * For all answers:
 * - COOP and COEP make the page cross-origin isolated, without which a browser gives it no SharedArrayBuffer
 *   and so no board (HTML, "cross-origin isolated"). A worker's own file needs COEP too.
 * - CORP keeps other sites from embedding any of it.
 * - `no-cache` has a browser ask whether a file has changed, so that a new version is never mixed with an old.
 */
const COMMON_HEADERS: Readonly<Record<string, string>> = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cache-control": "no-cache",
};

/**
 * The content security policy: nothing but this server's own files.
 * - `wasm-unsafe-eval` lets the firmware be compiled; JavaScript's eval stays off.
 * - `blob:` workers are the page's own, loaded once and started again at each reset; they inherit this policy.
 * - `connect-src` names the gateway's WebSocket, because not every browser counts ws: as `'self'`.
 * - xterm.js keeps its colours and sizes in style elements, which the nonce lets in, and a program's 24-bit
 *   colours in style attributes, which have no nonce. An attribute can do nothing without markup of its own.
 *
 * @param host - the request's Host header, already checked
 * @param nonce - of the page's styles; workers and files have none
 */
function contentSecurityPolicy(host: string, nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "worker-src 'self' blob:",
    `connect-src 'self' ws://${host} wss://${host}`,
    `style-src 'self' 'nonce-${nonce}'`,
    `style-src-elem 'self' 'nonce-${nonce}'`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

/** The headers of any answer but its type and length. */
export function securityHeaders(host: string, nonce: string): Record<string, string> {
  return { ...COMMON_HEADERS, "content-security-policy": contentSecurityPolicy(host, nonce) };
}

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".wasm": "application/wasm",
  ".bin": "application/octet-stream",
  ".txt": "text/plain; charset=utf-8",
  ".svg": "image/svg+xml",
  ".map": "application/json",
};

/** The MIME type of a file by its name's end, with the dot; undefined for a kind that is not served. */
export function mimeType(extension: string): string | undefined {
  return TYPES[extension];
}
