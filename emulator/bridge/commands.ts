/** The second message to a bridge's worker, if any: send what the board has sent, and end the worker. */
export const BRIDGE_STOP = "stop";
