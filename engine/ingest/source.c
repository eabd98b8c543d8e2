/* source.c: see source.h. */
#include "ingest/source.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int64_t mtime_ns_of(const struct stat *entry)
{
    return (int64_t)entry->st_mtim.tv_sec * 1000000000 + entry->st_mtim.tv_nsec;
}

enum clr_status clr_source_refuse(const char *path, enum clr_file_reason why, enum clr_file_reason *reason, struct clr_fault *fault,
                                  const char *en, const char *zh)
{
    *reason = why;
    clr_fault_say(fault, CLR_REFUSED, en, zh);
    clr_fault_at(fault, path, 0, NULL);
    return CLR_REFUSED;
}

enum clr_status clr_source_changed(const char *path, enum clr_file_reason *reason, struct clr_fault *fault)
{
    return clr_source_refuse(path, CLR_FILE_REASON_CHANGED, reason, fault,
                             "the file changed while it was read; send it again once it is complete",
                             "读取过程中文件被改动；请在文件完整后重新提交");
}

/* What an errno of open, fstat or pread means to the operator. Our own limits are not the file's fault. */
static enum clr_status refuse_errno(const char *path, int error, enum clr_file_reason *reason, struct clr_fault *fault)
{
    static const struct {
        int error;
        const char *en, *zh;
    } known[] = {
        { ENOENT, "no such file", "文件不存在" },
        { ENOTDIR, "no such file: a part of the path is not a directory", "文件不存在：路径中有一部分不是目录" },
        { EACCES, "the file may not be read: permission denied", "没有读取该文件的权限" },
        { EPERM, "the file may not be read: permission denied", "没有读取该文件的权限" },
        { EISDIR, "this is a directory, not a file", "这是目录，不是文件" },
        { ELOOP, "too many symbolic links on the way to the file", "符号链接层数过多" },
        { ENAMETOOLONG, "the file's name is too long", "文件名过长" },
        { ENXIO, "not a regular file", "不是普通文件" },
        { EIO, "the disk reports an error while reading the file", "读取文件时磁盘报错" },
    };

    if (error == ENOMEM || error == EMFILE || error == ENFILE) {
        clr_fault_say(fault, CLR_FULL, "cannot open the file: memory or file descriptors are used up", "无法打开文件：内存或文件描述符已用尽");
        clr_fault_at(fault, path, 0, NULL);
        return CLR_FULL;
    }
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (known[i].error == error) {
            return clr_source_refuse(path, CLR_FILE_REASON_UNREADABLE, reason, fault, known[i].en, known[i].zh);
        }
    }
    return clr_source_refuse(path, CLR_FILE_REASON_UNREADABLE, reason, fault, "the file cannot be read", "文件无法读取");
}

enum clr_status clr_source_open(const char *path, struct clr_source *out, enum clr_file_reason *reason, struct clr_fault *fault)
{
    struct stat entry;

    *out = (struct clr_source){ .path = path, .fd = -1 };
    /* O_NONBLOCK: opening a FIFO must not wait for its writer. It has no effect on reading a regular file. */
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0) return refuse_errno(path, errno, reason, fault);
    if (fstat(fd, &entry) != 0) {
        const int error = errno;
        close(fd);
        return refuse_errno(path, error, reason, fault);
    }
    if (!S_ISREG(entry.st_mode)) {
        close(fd);
        return refuse_errno(path, S_ISDIR(entry.st_mode) ? EISDIR : ENXIO, reason, fault);
    }
    (void)posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);   /* a hint: what it answers changes nothing */
    out->fd = fd;
    out->size = (uint64_t)entry.st_size;
    out->mtime_ns = mtime_ns_of(&entry);
    out->device = (uint64_t)entry.st_dev;
    out->inode = (uint64_t)entry.st_ino;
    return CLR_OK;
}

enum clr_status clr_source_read(const struct clr_source *source, uint64_t offset, uint8_t *buffer, size_t size, enum clr_file_reason *reason,
                                struct clr_fault *fault)
{
    while (size > 0) {
        const ssize_t got = pread(source->fd, buffer, size, (off_t)offset);

        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return refuse_errno(source->path, errno, reason, fault);
        if (got == 0) return clr_source_changed(source->path, reason, fault);
        buffer += got;
        size -= (size_t)got;
        offset += (uint64_t)got;
    }
    return CLR_OK;
}

enum clr_status clr_source_check(const struct clr_source *source, enum clr_file_reason *reason, struct clr_fault *fault)
{
    struct stat entry;

    if (fstat(source->fd, &entry) != 0) return refuse_errno(source->path, errno, reason, fault);
    if ((uint64_t)entry.st_size != source->size || mtime_ns_of(&entry) != source->mtime_ns) {
        return clr_source_changed(source->path, reason, fault);
    }
    return CLR_OK;
}

void clr_source_close(struct clr_source *source)
{
    if (source->fd >= 0) close(source->fd);
    source->fd = -1;
}
