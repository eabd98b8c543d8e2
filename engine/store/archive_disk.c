/* archive_disk.c: see archive_disk.h; and the calls of archive.h that are about files, not their content. */
#include "store/archive_disk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ingest/digest.h"
#include "store/archive_format.h"

static enum clr_status write_failed(const char *path, int error, struct clr_fault *fault)
{
    enum clr_status status;

    switch (error) {
    case EACCES:
    case EPERM:
    case EROFS:
    case ENOTDIR:
        status = clr_fault_say(fault, CLR_USAGE, "the archive may not be written here; check the directory and its permissions",
                               "无法在此处写入存档；请检查目录及其权限");
        break;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        status = clr_fault_say(fault, CLR_FULL, "no space left for the archive; make room and run again", "存档空间不足；请清理磁盘后重新运行");
        break;
    case ENOMEM:
    case EMFILE:
    case ENFILE:
        status = clr_fault_say(fault, CLR_FULL, "cannot write the archive: memory or file descriptors are used up", "无法写入存档：内存或文件描述符已用尽");
        break;
    default:
        status = clr_fault_say(fault, CLR_FULL, "the disk refuses to write the archive (errno %d); nothing was kept",
                               "磁盘拒绝写入存档（errno %d）；未保留任何内容", error);
    }
    clr_fault_at(fault, path, 0, NULL);
    return status;
}

enum clr_status clr_archive_disk_sync(const char *directory, struct clr_fault *fault)
{
    const int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0) return write_failed(directory, errno, fault);
    const int error = fsync(fd) == 0 ? 0 : errno;
    close(fd);
    return error == 0 ? CLR_OK : write_failed(directory, error, fault);
}

static enum clr_status make_directory(const char *directory, struct clr_fault *fault)
{
    char *parent = NULL;
    enum clr_status status;

    if (mkdir(directory, 0700) != 0) return errno == EEXIST ? CLR_OK : write_failed(directory, errno, fault);
    if (asprintf(&parent, "%s/..", directory) < 0) return clr_memory_short(fault);
    status = clr_archive_disk_sync(parent, fault);
    free(parent);
    return status;
}

static void disk_release(struct clr_archive_disk *disk)
{
    if (disk->fd >= 0) close(disk->fd);
    free(disk->part);
    free(disk->path);
    *disk = (struct clr_archive_disk){ .fd = -1 };
}

enum clr_status clr_archive_disk_create(const char *directory, const uint8_t received[CLR_DIGEST_SIZE], struct clr_archive_disk *out,
                                        struct clr_fault *fault)
{
    *out = (struct clr_archive_disk){ .directory = directory, .fd = -1 };
    CLR_TRY(make_directory(directory, fault));
    out->part = clr_archive_path(directory, received, ".cla.part");
    out->path = clr_archive_path(directory, received, ".cla");
    if (out->part == NULL || out->path == NULL) {
        disk_release(out);
        return clr_memory_short(fault);
    }
    (void)unlink(out->part);                 /* left by a killed run; if it stays, the open says so */
    out->fd = open(out->part, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (out->fd >= 0) return CLR_OK;
    const enum clr_status status = write_failed(out->part, errno, fault);
    disk_release(out);
    return status;
}

enum clr_status clr_archive_disk_write(struct clr_archive_disk *disk, uint64_t offset, const void *data, size_t size, struct clr_fault *fault)
{
    const uint8_t *from = data;

    while (size > 0) {
        const ssize_t done = pwrite(disk->fd, from, size, (off_t)offset);

        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return write_failed(disk->part, done < 0 ? errno : EIO, fault);
        from += done;
        size -= (size_t)done;
        offset += (uint64_t)done;
    }
    return CLR_OK;
}

static enum clr_status sync_and_rename(struct clr_archive_disk *disk, struct clr_fault *fault)
{
    if (fsync(disk->fd) != 0) return write_failed(disk->part, errno, fault);
    const int closed = close(disk->fd);
    disk->fd = -1;
    if (closed != 0) return write_failed(disk->part, errno, fault);
    if (rename(disk->part, disk->path) != 0) return write_failed(disk->path, errno, fault);
    const enum clr_status status = clr_archive_disk_sync(disk->directory, fault);
    if (status != CLR_OK) (void)unlink(disk->path);
    return status;
}

enum clr_status clr_archive_disk_finish(struct clr_archive_disk *disk, enum clr_status status, struct clr_fault *fault)
{
    if (status == CLR_OK) status = sync_and_rename(disk, fault);
    if (status != CLR_OK) (void)unlink(disk->part);
    disk_release(disk);
    return status;
}

/* ---- names and sizes ---- */

enum clr_status clr_archive_remove(const char *directory, const uint8_t received[CLR_DIGEST_SIZE])
{
    char *path = clr_archive_path(directory, received, ".cla");

    if (path == NULL) return CLR_FULL;
    const int error = unlink(path) == 0 ? 0 : errno;
    free(path);
    if (error == ENOENT || error == ENOTDIR) return CLR_OK;
    return error == 0 ? clr_archive_disk_sync(directory, NULL) : write_failed(directory, error, NULL);
}

static bool ends_with(const char *name, const char *suffix)
{
    const size_t length = strlen(name), suffix_length = strlen(suffix);

    return length > suffix_length && strcmp(name + length - suffix_length, suffix) == 0;
}

void clr_archive_sweep(const char *directory)
{
    DIR *entries = opendir(directory);
    struct dirent *entry;

    if (entries == NULL) return;
    while ((entry = readdir(entries)) != NULL) {
        if (ends_with(entry->d_name, ".cla.part")) (void)unlinkat(dirfd(entries), entry->d_name, 0);
    }
    closedir(entries);
}

uint64_t clr_archive_bytes(const char *directory)
{
    DIR *entries = opendir(directory);
    struct dirent *entry;
    uint64_t bytes = 0;

    if (entries == NULL) return 0;
    while ((entry = readdir(entries)) != NULL) {
        struct stat found;

        if (!ends_with(entry->d_name, ".cla")) continue;
        if (fstatat(dirfd(entries), entry->d_name, &found, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(found.st_mode)) bytes += (uint64_t)found.st_size;
    }
    closedir(entries);
    return bytes;
}
