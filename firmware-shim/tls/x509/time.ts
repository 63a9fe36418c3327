/** Validity dates, after `mbedtls_x509_get_time` of mbedTLS's `x509.c`. */

import { daysFromDate, isLeapYear, SECONDS_PER_DAY } from "../../../board/calendar.ts";
import { ERR } from "../errors.ts";
import { type DerReader, TAG } from "./der.ts";
import { InvalidCertificateError, within } from "./errors.ts";

const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function twoDigits(text: Uint8Array, at: number): number {
  const tens = text[at]! - 0x30;
  const ones = text[at + 1]! - 0x30;
  if (tens < 0 || tens > 9 || ones < 0 || ones > 9) throw new InvalidCertificateError(ERR.X509_INVALID_DATE);
  return tens * 10 + ones;
}

function readYear(text: Uint8Array, digits: number): number {
  const first = twoDigits(text, 0);
  if (digits === 4) return first * 100 + twoDigits(text, 2);
  return first < 50 ? 2000 + first : 1900 + first;
}

/**
 * Reads a UTCTime or GeneralizedTime: seconds are mandatory, the final Z is not, zones and fractions are refused.
 *
 * @returns Seconds since 1970-01-01 00:00:00 UTC; negative before.
 */
export function readTime(reader: DerReader): number {
  return within(ERR.X509_INVALID_DATE, () => {
    const tag = reader.anyTag();
    const yearDigits = tag === TAG.UTC_TIME ? 2 : tag === TAG.GENERALIZED_TIME ? 4 : 0;
    if (yearDigits === 0) throw new InvalidCertificateError(ERR.ASN1_UNEXPECTED_TAG);
    const text = reader.take(reader.length());
    const hasZone = text.length === yearDigits + 11 && text.at(-1) === 0x5a;
    if (text.length !== yearDigits + 10 && !hasZone) throw new InvalidCertificateError(ERR.X509_INVALID_DATE);

    const year = readYear(text, yearDigits);
    const [month, day, hour, minute, second] = [0, 2, 4, 6, 8].map((at) =>
      twoDigits(text, yearDigits + at),
    ) as [number, number, number, number, number];
    const monthDays = month === 2 && isLeapYear(year) ? 29 : (MONTH_DAYS[month - 1] ?? 0);
    if (day < 1 || day > monthDays || hour > 23 || minute > 59 || second > 59) {
      throw new InvalidCertificateError(ERR.X509_INVALID_DATE);
    }
    return daysFromDate(year, month, day) * SECONDS_PER_DAY + hour * 3600 + minute * 60 + second;
  });
}
