import type { FaultServer } from "./lab-server.ts";

/** The list of the lab's servers, with the program for each. No scripts. */
export function labPage(servers: readonly FaultServer[]): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Breadbox: servers that fail</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 50rem; margin: 2rem auto; padding: 0 1rem; color-scheme: light dark; }
pre { overflow-x: auto; padding: .75rem; border: 1px solid #8888; border-radius: .25rem; font-size: 13px; }
code { font-size: 90%; }
section { margin-top: 2rem; }
</style>
<h1>Servers that fail</h1>
<p>Each of these servers has one fault. Its program runs on a board with its clock set, and fails there as it does
on an ESP32: save it and write <code>breadbox run --rtc now FILE</code>. Without <code>--rtc now</code> a board believes
it is the year 2000, and finds fault with all of them.</p>
<p>The programs trust the lab's own CA: <a href="ca.crt">ca.crt</a>. The server that wants a client certificate takes
<a href="client.crt">client.crt</a> with its key <a href="client.key">client.key</a>.</p>
${servers.map(section).join("\n")}
</html>
`;
}

function section({ fault, port, program }: FaultServer): string {
  const { id, title, what, error } = fault;
  const ends = error === undefined ? "" : `<p>It ends in <code>${escapeHtml(error)}</code></p>`;
  return `<section id="${escapeHtml(id)}">
<h2>${escapeHtml(title)}</h2>
<p>Port ${port}. ${escapeHtml(what)}</p>
${ends}
<details><summary>The program, <a href="${escapeHtml(id)}.py">${escapeHtml(id)}.py</a></summary>
<pre>${escapeHtml(program)}</pre></details>
</section>`;
}

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ESCAPES[character]!);
}
