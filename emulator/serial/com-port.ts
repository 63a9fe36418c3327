/** The COM-PORT-OPTION's numbers (RFC 2217, "Com Port Configuration Commands"). */

// Client to server; the server's answer is the same number plus 100.
export const SIGNATURE = 0;
export const SET_BAUDRATE = 1;
export const SET_DATASIZE = 2;
export const SET_PARITY = 3;
export const SET_STOPSIZE = 4;
export const SET_CONTROL = 5;
export const NOTIFY_LINESTATE = 6;
export const NOTIFY_MODEMSTATE = 7;
export const FLOWCONTROL_SUSPEND = 8;
export const FLOWCONTROL_RESUME = 9;
export const SET_LINESTATE_MASK = 10;
export const SET_MODEMSTATE_MASK = 11;
export const PURGE_DATA = 12;
export const SERVER_ANSWER = 100;

// SET-CONTROL values.
export const CONTROL_REQUEST_FLOW = 0;
export const CONTROL_NO_FLOW = 1;
export const CONTROL_REQUEST_BREAK = 4;
export const CONTROL_BREAK_ON = 5;
export const CONTROL_BREAK_OFF = 6;
export const CONTROL_REQUEST_DTR = 7;
export const CONTROL_DTR_ON = 8;
export const CONTROL_DTR_OFF = 9;
export const CONTROL_REQUEST_RTS = 10;
export const CONTROL_RTS_ON = 11;
export const CONTROL_RTS_OFF = 12;
export const CONTROL_REQUEST_FLOW_IN = 13;
export const CONTROL_NO_FLOW_IN = 14;

// PURGE-DATA values: the server's buffer towards the client, towards the serial line, or both.
export const PURGE_RECEIVE = 1;
export const PURGE_TRANSMIT = 2;
export const PURGE_BOTH = 3;

/** Modem state of a line that is ready: carrier detect, data set ready, clear to send. */
export const MODEMSTATE_READY = 128 | 32 | 16;
