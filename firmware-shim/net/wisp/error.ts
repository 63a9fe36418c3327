/** A message that is no Wisp packet; the text says which part is wrong. */
export class WispError extends Error {
  override readonly name = "WispError";
}
