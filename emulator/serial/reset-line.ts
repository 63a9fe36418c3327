/**
 * The reset circuit of an ESP32 board: RTS on while DTR is off pulls EN low (esptool's "Hard resetting via RTS
 * pin"). The board is reset once each time that begins. The order in which pyserial opens a port (DTR on, then
 * RTS on) and mpremote closes it (RTS off, then DTR off) never does.
 */
export class ResetLine {
  #low = false;

  /** Takes the state of the lines; true where the board is to be reset. */
  lines(dtr: boolean, rts: boolean): boolean {
    const low = rts && !dtr;
    const falls = low && !this.#low;
    this.#low = low;
    return falls;
  }
}
