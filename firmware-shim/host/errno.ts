/** MicroPython's errno values (py/mperrno.h), which are also what the board's file system calls return. */
export const EPERM = 1;
export const ENOENT = 2;
export const EINTR = 4;
export const EIO = 5;
export const EBADF = 9;
export const EAGAIN = 11;
export const ENOMEM = 12;
export const EACCES = 13;
export const EEXIST = 17;
export const ENODEV = 19;
export const ENOTDIR = 20;
export const EISDIR = 21;
export const EINVAL = 22;
export const EMFILE = 24;
export const ENOSPC = 28;
export const EROFS = 30;
export const ENOSYS = 38;
/** littlefs's LFS_ERR_NOTEMPTY, which MicroPython passes on as it is (lib/littlefs/lfs2.h). */
export const ENOTEMPTY = 39;
export const ENAMETOOLONG = 36;
