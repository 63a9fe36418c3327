/** What the C library says of an errno, by its name. */
const TEXTS: ReadonlyMap<string, string> = new Map([
  ["EPERM", "Operation not permitted"],
  ["ENOENT", "No such file or directory"],
  ["EIO", "Input/output error"],
  ["EBADF", "Bad file descriptor"],
  ["EAGAIN", "Resource temporarily unavailable"],
  ["ENOMEM", "Cannot allocate memory"],
  ["EACCES", "Permission denied"],
  ["EEXIST", "File exists"],
  ["ENODEV", "No such device"],
  ["ENOTDIR", "Not a directory"],
  ["EISDIR", "Is a directory"],
  ["EINVAL", "Invalid argument"],
  ["EFBIG", "File too large"],
  ["ENOSPC", "No space left on device"],
  ["EROFS", "Read-only file system"],
  ["EOPNOTSUPP", "Operation not supported"],
  ["ENOTEMPTY", "Directory not empty"],
]);

/** Numbers that MicroPython shows without a name (mpremote's mp_errno.py). */
const NUMBERS: ReadonlyMap<string, string> = new Map([
  ["30", "EROFS"],
  ["36", "ENAMETOOLONG"],
  ["39", "ENOTEMPTY"],
]);

export function errorText(errno: string): string {
  const name = NUMBERS.get(errno) ?? errno;
  return TEXTS.get(name) ?? name;
}
