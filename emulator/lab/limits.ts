/** Numbers of the lab, with their units and reasons. */

export const DAY_SECONDS = 86_400;

/** Days that a certificate is valid by default: browsers and others take at most 398. */
export const CERTIFICATE_DAYS = 365;

/** Days that a CA is valid by default: it should outlive what it signs. */
export const CA_DAYS = 3650;

/** The page of `lab-server`; the servers have the ports after it. */
export const DEFAULT_LAB_PORT = 8440;

/** Bytes that one record has before its content: enough to know that a ClientHello has come. */
export const RECORD_HEADER_BYTES = 5;
