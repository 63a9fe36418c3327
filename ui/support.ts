/** Whether this browser can have a board, and if not, why, for a person. */
export function missingSupport(): string | undefined {
  if (!isSecureContext) {
    return (
      `A browser runs the board only over https or from its own computer. Open this page as ` +
      `https://${location.host}/, or start Breadbox on this computer.`
    );
  }
  if (!crossOriginIsolated || typeof SharedArrayBuffer === "undefined") {
    return (
      "The board needs memory that is shared with its worker, and the browser refuses it: the server did not " +
      "send this page as Breadbox does (cross-origin isolated). Open it from `breadbox serve`, or update the browser."
    );
  }
  if (typeof WebAssembly === "undefined") {
    return "This browser has WebAssembly switched off, which the board's firmware needs.";
  }
  return undefined;
}
