#include "keys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_SIZE 4096

static enum clr_status say(struct clr_fault *fault, enum clr_status status, const char *path, const char *en, const char *zh, int code)
{
    if (code == 0) clr_fault_say(fault, status, "%s%.0s", "%.0s%s", en, zh);
    else clr_fault_say(fault, status, "%s%.0s: %s", "%.0s%s：%s", en, zh, strerror(code));
    clr_fault_at(fault, path, 0, NULL);
    return status;
}

/* ---- reading ---- */

/** A regular file that only its owner can read. No link is followed, no pipe waited for. */
static enum clr_status open_private(const char *path, int *out, uint64_t *size, struct clr_fault *fault)
{
    struct stat info;
    const int file = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    enum clr_status status = CLR_OK;

    *out = -1;
    if (file < 0 && errno == ENOENT) return say(fault, CLR_NOT_FOUND, path, "there is no such file", "没有此文件", 0);
    if (file < 0 && errno == ELOOP) return say(fault, CLR_KEY, path, "this is a link; name the file itself", "这是符号链接；请给出文件本身", 0);
    if (file < 0) return say(fault, CLR_KEY, path, "cannot be read", "无法读取", errno);
    if (fstat(file, &info) != 0) status = say(fault, CLR_KEY, path, "cannot be read", "无法读取", errno);
    else if (!S_ISREG(info.st_mode)) status = say(fault, CLR_KEY, path, "not a regular file", "不是普通文件", 0);
    else if ((info.st_mode & 077) != 0) status = say(fault, CLR_KEY, path, "others may read or write it; chmod 600 it", "可被他人读写；请 chmod 600", 0);
    if (status != CLR_OK) {
        close(file);
        return status;
    }
    *out = file;
    *size = (uint64_t)info.st_size;
    return CLR_OK;
}

/** Up to `size` bytes; fewer only at the end. @return bytes, −1 on an error */
static ssize_t read_some(int file, uint8_t *to, size_t size)
{
    size_t got = 0;
    while (got < size) {
        const ssize_t part = read(file, to + got, size - got);
        if (part < 0 && errno == EINTR) continue;
        if (part < 0) return -1;
        if (part == 0) break;
        got += (size_t)part;
    }
    return (ssize_t)got;
}

enum clr_status clr_key_file_read(const char *path, struct clr_secret *out, struct clr_fault *fault)
{
    uint64_t size;
    int file;
    const enum clr_status status = open_private(path, &file, &size, fault);
    if (status == CLR_NOT_FOUND) return CLR_KEY;
    CLR_TRY(status);
    const ssize_t got = read_some(file, out->data, CLR_SEAL_KEY_SIZE + 1);
    close(file);
    out->by = CLR_SEAL_BY_KEY;
    out->size = CLR_SEAL_KEY_SIZE;
    if (got == CLR_SEAL_KEY_SIZE) return CLR_OK;
    return say(fault, CLR_KEY, path, "a key file holds exactly 32 bytes", "密钥文件须恰为 32 字节", 0);
}

enum clr_status clr_passphrase_read(int descriptor, struct clr_secret *out, struct clr_fault *fault)
{
    size_t size = 0;
    out->by = CLR_SEAL_BY_PASSPHRASE;
    /* Byte by byte: what stands behind the line is not ours to take. */
    while (size < CLR_PASSPHRASE_MAX) {
        const ssize_t got = read_some(descriptor, out->data + size, 1);
        if (got < 0) return say(fault, CLR_KEY, NULL, "the passphrase cannot be read", "无法读取口令", errno);
        if (got == 0 || out->data[size] == '\n') break;
        size++;
    }
    if (size == CLR_PASSPHRASE_MAX) return say(fault, CLR_KEY, NULL, "the passphrase is too long: at most 1023 bytes", "口令过长：最多 1023 字节", 0);
    if (size > 0 && out->data[size - 1] == '\r') size--;
    out->size = size;
    return size > 0 ? CLR_OK : say(fault, CLR_KEY, NULL, "the passphrase is empty", "口令为空", 0);
}

enum clr_status clr_passphrase_file_read(const char *path, struct clr_secret *out, struct clr_fault *fault)
{
    uint64_t size;
    int file;
    enum clr_status status = open_private(path, &file, &size, fault);
    if (status == CLR_NOT_FOUND) return CLR_KEY;
    CLR_TRY(status);
    status = clr_passphrase_read(file, out, fault);
    close(file);
    if (status != CLR_OK) clr_fault_at(fault, path, 0, NULL);
    return status;
}

enum clr_status clr_sealed_read(const char *path, uint8_t **out, size_t *size, struct clr_fault *fault)
{
    uint64_t stated;
    int file;
    *out = NULL;
    CLR_TRY(open_private(path, &file, &stated, fault));
    enum clr_status status = CLR_OK;
    uint8_t *const data = stated <= CLR_SEALED_SIZE_MAX ? malloc((size_t)stated + 1) : NULL;
    if (stated > CLR_SEALED_SIZE_MAX) status = say(fault, CLR_KEY, path, "too large for a file of sealed keys", "文件过大，不是密钥封存文件", 0);
    else if (data == NULL) status = CLR_FULL;
    if (status == CLR_OK && read_some(file, data, (size_t)stated + 1) != (ssize_t)stated)
        status = say(fault, CLR_KEY, path, "it changed while it was read, or cannot be read", "读取时被改动，或无法读取", 0);
    close(file);
    if (status != CLR_OK) {
        free(data);
        return status;
    }
    *out = data;
    *size = (size_t)stated;
    return CLR_OK;
}

/* ---- writing ---- */

static enum clr_status disk(struct clr_fault *fault, const char *path, int code)
{
    const bool full = code == ENOSPC || code == EDQUOT || code == EIO || code == EFBIG;
    return say(fault, full ? CLR_FULL : CLR_USAGE, path, "cannot be written", "无法写入", code);
}

static bool write_all(int file, const uint8_t *data, size_t size)
{
    for (size_t done = 0; done < size;) {
        const ssize_t part = write(file, data + done, size - done);
        if (part < 0 && errno == EINTR) continue;
        if (part <= 0) return false;
        done += (size_t)part;
    }
    return true;
}

/** The folder a path lies in. */
static void folder_of(const char *path, char folder[PATH_SIZE])
{
    const char *const slash = strrchr(path, '/');
    if (slash == NULL) snprintf(folder, PATH_SIZE, ".");
    else if (slash == path) snprintf(folder, PATH_SIZE, "/");
    else snprintf(folder, PATH_SIZE, "%.*s", (int)(slash - path), path);
}

static bool sync_folder(const char *path)
{
    char folder[PATH_SIZE];
    folder_of(path, folder);
    const int directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool good = directory >= 0 && fsync(directory) == 0;
    if (directory >= 0) close(directory);
    return good;
}

enum clr_status clr_sealed_replace(const char *path, const uint8_t *data, size_t size, struct clr_fault *fault)
{
    char folder[PATH_SIZE], beside[PATH_SIZE + 300];
    const char *const slash = strrchr(path, '/');
    struct stat info;

    if (strlen(path) >= PATH_SIZE - 64) return disk(fault, path, ENAMETOOLONG);
    if (lstat(path, &info) == 0 && !S_ISREG(info.st_mode)) return say(fault, CLR_USAGE, path, "not a regular file; it is not replaced", "不是普通文件，不予替换", 0);
    folder_of(path, folder);
    snprintf(beside, sizeof beside, "%s/.%s.part-%ld", folder, slash == NULL ? path : slash + 1, (long)getpid());
    unlink(beside);                            /* left by a killed process of the same number */
    const int file = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file < 0) return disk(fault, path, errno);
    errno = 0;
    const bool written = write_all(file, data, size) && fsync(file) == 0;
    int code = errno;
    const bool closed = close(file) == 0;
    if (written && !closed) code = errno;
    if (written && closed && rename(beside, path) == 0) return sync_folder(path) ? CLR_OK : disk(fault, path, errno);
    if (written && closed) code = errno;
    unlink(beside);
    return disk(fault, path, code);
}

enum clr_status clr_key_file_make(const char *path, struct clr_fault *fault)
{
    uint8_t key[CLR_SEAL_KEY_SIZE];
    if (sodium_init() < 0) return CLR_KEY;
    const int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file < 0 && errno == EEXIST) return say(fault, CLR_USAGE, path, "something is there already", "此处已有内容", 0);
    if (file < 0) return disk(fault, path, errno);
    randombytes_buf(key, sizeof key);
    const bool written = write_all(file, key, sizeof key) && fsync(file) == 0;
    const int code = errno;
    sodium_memzero(key, sizeof key);
    close(file);
    if (written && sync_folder(path)) return CLR_OK;
    unlink(path);
    return disk(fault, path, written ? errno : code);
}

enum clr_status clr_sealed_lock(const char *path, int *descriptor, struct clr_fault *fault)
{
    char folder[PATH_SIZE];
    if (strlen(path) >= PATH_SIZE - 64) return disk(fault, path, ENAMETOOLONG);
    folder_of(path, folder);
    *descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (*descriptor < 0) return say(fault, CLR_USAGE, folder, "the folder cannot be opened", "无法打开目录", errno);
    if (flock(*descriptor, LOCK_EX | LOCK_NB) == 0) return CLR_OK;
    const enum clr_status status = errno == EWOULDBLOCK ? CLR_BUSY : CLR_USAGE;
    say(fault, status, path, "another command works on these keys", "另一命令正在处理这些密钥", status == CLR_BUSY ? 0 : errno);
    close(*descriptor);
    *descriptor = -1;
    return status;
}
