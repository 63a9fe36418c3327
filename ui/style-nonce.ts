/**
 * Gives the style elements that are made from now on the page's nonce. xterm.js keeps its colours and sizes in
 * such elements and knows nothing of nonces; without one the content security policy refuses them.
 */
export function useStyleNonce(): void {
  const nonce = document.querySelector<HTMLLinkElement>("link[rel=stylesheet]")?.nonce;
  if (!nonce) return;
  const create = document.createElement.bind(document) as (
    name: string,
    options?: ElementCreationOptions,
  ) => HTMLElement;
  document.createElement = ((name: string, options?: ElementCreationOptions) => {
    const made = create(name, options);
    if (made instanceof HTMLStyleElement) made.nonce = nonce;
    return made;
  }) as typeof document.createElement;
}
