/** The MicroPython program that meets a server of the lab. */

export interface ProgramOptions {
  readonly host: string;
  readonly port: number;
  /** PEM of the CA that it trusts; none is loaded where it is undefined. */
  readonly ca: string | undefined;
}

/** It joins the board's Wi-Fi network, demands a good certificate, and prints what the server answers. */
export function labProgram(options: ProgramOptions): string {
  const { host, port } = options;
  return `${labSetUp(options)}
s = socket.socket()
s.connect(socket.getaddrinfo("${host}", ${port})[0][-1])
s = context.wrap_socket(s, server_hostname="${host}")
s.write(b"GET / HTTP/1.0\\r\\nHost: ${host}\\r\\n\\r\\n")
print(s.read().decode())
s.close()
`;
}

/** What it starts with: the network, and `context`. */
export function labSetUp({ ca }: Pick<ProgramOptions, "ca">): string {
  const certificate = ca === undefined ? "" : `CA = """\\\n${ca.trimEnd()}\n"""\n\n`;
  const load = ca === undefined ? "" : "context.load_verify_locations(cadata=CA)\n";
  return `import network, socket, ssl, time

${certificate}wlan = network.WLAN(network.STA_IF)
wlan.active(True)
wlan.connect("Breadbox", "breadbox")
while not wlan.isconnected():
    time.sleep_ms(10)

context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.verify_mode = ssl.CERT_REQUIRED
${load}`;
}
