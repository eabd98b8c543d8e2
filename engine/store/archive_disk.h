/*
 * archive_disk.h: an archive file being written: beside its place, synced, renamed into it; or gone without a trace.
 *
 * Errors    errno is translated here: CLR_USAGE where we may not write, else CLR_FULL (no space, quota, or the disk refuses).
 * Threads   one.
 */
#ifndef CLR_STORE_ARCHIVE_DISK_H
#define CLR_STORE_ARCHIVE_DISK_H

#include "store/archive.h"

struct clr_archive_disk {
    const char *directory;               /* borrowed */
    char *part, *path;                   /* "….cla.part" and "….cla" */
    int fd;
};

/** Make the directory when it is missing, and the file to write. */
CLR_MUST_USE enum clr_status clr_archive_disk_create(const char *directory, const uint8_t received[CLR_DIGEST_SIZE], struct clr_archive_disk *out,
                                                     struct clr_fault *fault);
CLR_MUST_USE enum clr_status clr_archive_disk_write(struct clr_archive_disk *disk, uint64_t offset, const void *data, size_t size,
                                                    struct clr_fault *fault);

/**
 * Sync and rename when `status` is CLR_OK, else (and when that fails) remove. Releases `disk` in any case.
 * @return `status`, or why it could not be finished.
 */
CLR_MUST_USE enum clr_status clr_archive_disk_finish(struct clr_archive_disk *disk, enum clr_status status, struct clr_fault *fault);

/** Make the names in the directory durable. */
CLR_MUST_USE enum clr_status clr_archive_disk_sync(const char *directory, struct clr_fault *fault);

#endif
