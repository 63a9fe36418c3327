export const USAGE = `breadbox -- an ESP32 on your screen, running the official MicroPython

usage: breadbox [VERB ...]

  breadbox                   the app: its window, or the page at http://127.0.0.1:8266/
  breadbox run FILE          run a Python file on a fresh board
      --rtc now|DATE         set the board's clock first (ISO 8601; without a zone, UTC)
      --heap SIZE            memory for Python, and as much for TLS (4M; an ESP32 without SPIRAM: 168K and 136K)
      --tls13                TLS 1.3 besides 1.2, which an ESP32's firmware does not have
      --timeout SECONDS      stop after so long
      --ap SSID[:KEY]        put another network in the air; may be repeated
      --gateway URL --token T  use a gateway that runs already, that of breadbox serve
      --pcap FILE            capture its traffic for Wireshark; --tls-keys: with the keys to decrypt TLS
      --keylog FILE          write those keys to a file of their own (NSS key log)
                             TRACE=tls, TRACE=net or both in the environment tell on stderr what happens
  breadbox up [NAME]         a board that stays up, for mpremote and others
      --serial PORT          its serial port (default 2217; 0 picks one and prints it)
      --rtc, --heap, --tls13, --ap, --gateway, --pcap, --tls-keys, --keylog
                             as for run
  breadbox serve             the page and its gateway
      --port PORT            default 8266; 0 picks one and prints it
      --host ADDRESS         where others may reach it too, over https (0.0.0.0: at every address)
  breadbox ca init           a lab's own certificate authority, in the folder lab-ca (--dir FOLDER)
      --name CN              its name;  --key p256|p384|p521|rsa2048|rsa3072|rsa4096|rsa1024
      --from, --until DATE   when it is valid, or --days N;  --hash sha256|sha384|sha512|sha1
      --pkcs8, --der         the key as PKCS#8; files in DER too
  breadbox ca issue NAME     a certificate of that CA; options as for init, and
      --host NAME            a DNS name or IP address that it is for; may be repeated (default NAME)
      --use server|client|both|ca   what it is for (default server); ca is an intermediate CA
      --by NAME, --self-signed      who signs it (default the CA)
  breadbox ca list           what there is
  breadbox lab-server        servers with the faults a class should meet, and a page that lists them
      --port PORT            of the page (default 8440; 0 picks free ones); --host ADDRESS
  breadbox connect ADDR VERB ... [+ VERB ...]
                             mpremote's verbs on a board that is up. ADDR is auto, list, a NAME,
                             rfc2217://HOST:PORT or socket://HOST:PORT; "connect auto" may be left out

verbs on a board:
  repl                       the REPL in this terminal; Ctrl-] or Ctrl-x leaves
  exec [--no-follow] CODE    run code
  eval EXPRESSION            print an expression's value
  run [--no-follow] FILE     run a file (after "connect ADDR")
  rtc [--set [--local]]      show the clock, or set it to UTC (--local: to local time, as mpremote does)
  fs ls|cat|cp|rm|mkdir|rmdir|touch|sha256sum PATH ...
                             files; with cp a leading ":" is the board. -r recursive, -f copy always
  df                         room on the board's filesystems
  soft-reset, reset          restart MicroPython; restart the board
  resume                     do not soft-reset before the first command
  sleep SECONDS              wait

  breadbox --help, --version
`;
