/** The MicroPython program that meets a server of the lab. */

export interface ProgramOptions {
  readonly host: string;
  readonly port: number;
  /** PEM of the CA that it trusts. */
  readonly ca: string;
}

/** It joins the board's Wi-Fi network, demands a good certificate, and prints what the server answers. */
export function labProgram({ host, port, ca }: ProgramOptions): string {
  return `import network, socket, ssl, time

CA = """\\
${ca.trimEnd()}
"""

wlan = network.WLAN(network.STA_IF)
wlan.active(True)
wlan.connect("Breadbox", "breadbox")
while not wlan.isconnected():
    time.sleep_ms(10)

context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.verify_mode = ssl.CERT_REQUIRED
context.load_verify_locations(cadata=CA)

s = socket.socket()
s.connect(socket.getaddrinfo("${host}", ${port})[0][-1])
s = context.wrap_socket(s, server_hostname="${host}")
s.write(b"GET / HTTP/1.0\\r\\nHost: ${host}\\r\\n\\r\\n")
print(s.read().decode())
s.close()
`;
}
