/* archive.c: open an archive and read from it. See archive.h. */
#include "store/archive.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include "ingest/digest.h"
#include "store/archive_inside.h"

#define NO_FRAME UINT64_MAX
#define SEALED_SIZE_MAX (CLR_ARCHIVE_FRAME_SIZE + CLR_ARCHIVE_SEAL_SIZE)

enum clr_status clr_archive_damaged(const struct clr_archive *archive, struct clr_fault *fault)
{
    clr_fault_say(fault, CLR_DAMAGED, "the archived input is damaged, or was sealed under another key; restore it from a copy, or send the file again",
                  "存档的原始文件已损坏，或由其他密钥加密；请从备份恢复，或重新提交该文件");
    clr_fault_at(fault, archive->path, 0, NULL);
    return CLR_DAMAGED;
}

static enum clr_status open_failed(const struct clr_archive *archive, int error, struct clr_fault *fault)
{
    enum clr_status status;

    switch (error) {
    case ENOENT:
    case ENOTDIR:
        status = clr_fault_say(fault, CLR_NOT_FOUND, "this input was not archived, or its archive was removed", "该输入文件未存档，或存档已被删除");
        break;
    case EACCES:
    case EPERM:
        status = clr_fault_say(fault, CLR_USAGE, "the archive may not be read: permission denied", "没有读取存档的权限");
        break;
    case ENOMEM:
    case EMFILE:
    case ENFILE:
        status = clr_fault_say(fault, CLR_FULL, "cannot open the archive: memory or file descriptors are used up", "无法打开存档：内存或文件描述符已用尽");
        break;
    default: return clr_archive_damaged(archive, fault);
    }
    clr_fault_at(fault, archive->path, 0, NULL);
    return status;
}

/* Exactly `size` bytes of the archive file; an end before that, or an error of the disk, is damage. */
static enum clr_status read_file(const struct clr_archive *archive, uint64_t offset, uint8_t *buffer, size_t size, struct clr_fault *fault)
{
    while (size > 0) {
        const ssize_t got = pread(archive->fd, buffer, size, (off_t)offset);

        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return clr_archive_damaged(archive, fault);
        buffer += got;
        size -= (size_t)got;
        offset += (uint64_t)got;
    }
    return CLR_OK;
}

/* ---- open ---- */

/* The tail: the index of the frames, or the path referred to. Its seal covers the header, so after this the header is true as well. */
static enum clr_status open_tail(struct clr_archive *archive, const uint8_t header[CLR_ARCHIVE_HEADER_SIZE], uint64_t file_size,
                                 struct clr_fault *fault)
{
    const size_t sealed_size = (size_t)(file_size - archive->header.index_offset);
    const size_t plain_size = sealed_size - CLR_ARCHIVE_SEAL_SIZE;
    uint8_t *sealed = malloc(sealed_size);
    enum clr_status status;

    archive->index = calloc(1, plain_size + 1);          /* and a NUL behind a path */
    if (sealed == NULL || archive->index == NULL) {
        free(sealed);
        return clr_memory_short(fault);
    }
    status = read_file(archive, archive->header.index_offset, sealed, sealed_size, fault);
    if (status == CLR_OK && !clr_archive_unseal(&archive->keys, clr_bytes_of(header, CLR_ARCHIVE_HEADER_SIZE), clr_bytes_of(sealed, sealed_size),
                                                archive->index)) {
        status = clr_archive_damaged(archive, fault);
    }
    free(sealed);
    return status;
}

static enum clr_status open_file(struct clr_archive *archive, const uint8_t received[CLR_DIGEST_SIZE], struct clr_fault *fault)
{
    uint8_t header[CLR_ARCHIVE_HEADER_SIZE];
    struct stat entry;

    archive->fd = open(archive->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (archive->fd < 0) return open_failed(archive, errno, fault);
    if (fstat(archive->fd, &entry) != 0) return open_failed(archive, errno, fault);
    if (!S_ISREG(entry.st_mode)) return clr_archive_damaged(archive, fault);
    CLR_TRY(read_file(archive, 0, header, sizeof header, fault));
    if (!clr_archive_header_get(header, (uint64_t)entry.st_size, &archive->header)) return clr_archive_damaged(archive, fault);
    if (memcmp(archive->header.received, received, CLR_DIGEST_SIZE) != 0) return clr_archive_damaged(archive, fault);
    return open_tail(archive, header, (uint64_t)entry.st_size, fault);
}

enum clr_status clr_archive_open(const char *directory, const uint8_t key[CLR_STORE_KEY_SIZE], const uint8_t received[CLR_DIGEST_SIZE],
                                 struct clr_archive **out, struct clr_fault *fault)
{
    struct clr_archive *archive = calloc(1, sizeof *archive);
    enum clr_status status;

    *out = NULL;
    if (archive == NULL) return clr_memory_short(fault);
    archive->fd = -1;
    archive->source.fd = -1;
    archive->cached = NO_FRAME;
    archive->path = clr_archive_path(directory, received, ".cla");
    archive->frame = malloc(CLR_ARCHIVE_FRAME_SIZE);
    archive->packed = malloc(CLR_ARCHIVE_FRAME_SIZE);
    archive->sealed = malloc(SEALED_SIZE_MAX);
    archive->zstd = ZSTD_createDCtx();
    if (archive->path == NULL || archive->frame == NULL || archive->packed == NULL || archive->sealed == NULL || archive->zstd == NULL) {
        status = clr_memory_short(fault);
    } else {
        status = clr_archive_keys_derive(key, received, &archive->keys, fault);
    }
    if (status == CLR_OK) status = open_file(archive, received, fault);
    if (status != CLR_OK) {
        clr_archive_close(archive);
        return status;
    }
    *out = archive;
    return CLR_OK;
}

static void wipe_free(void *buffer, size_t size)
{
    if (buffer != NULL) sodium_memzero(buffer, size);
    free(buffer);
}

void clr_archive_close(struct clr_archive *archive)
{
    if (archive == NULL) return;
    clr_unpack_close(archive->unpack);
    clr_source_close(&archive->source);
    ZSTD_freeDCtx(archive->zstd);
    if (archive->fd >= 0) close(archive->fd);
    wipe_free(archive->frame, CLR_ARCHIVE_FRAME_SIZE);
    wipe_free(archive->packed, CLR_ARCHIVE_FRAME_SIZE);
    free(archive->sealed);
    free(archive->index);
    free(archive->path);
    clr_archive_keys_wipe(&archive->keys);
    free(archive);
}

uint64_t clr_archive_content_size(const struct clr_archive *archive)
{
    return archive->header.content_size;
}

/* ---- the bytes as they were received ---- */

static enum clr_status load_frame(struct clr_archive *archive, uint64_t frame, struct clr_fault *fault)
{
    const struct clr_archive_entry entry = clr_archive_entry_get(archive->index + frame * CLR_ARCHIVE_ENTRY_SIZE);
    const size_t want = clr_archive_frame_size(archive->header.received_size, frame);
    const bool packed = (entry.flags & CLR_ARCHIVE_FLAG_ZSTD) != 0;
    uint8_t about[CLR_ARCHIVE_ABOUT_SIZE];

    if (archive->cached == frame) return CLR_OK;
    archive->cached = NO_FRAME;
    if (entry.size < CLR_ARCHIVE_SEAL_SIZE || entry.size > SEALED_SIZE_MAX) return clr_archive_damaged(archive, fault);
    const size_t plain_size = entry.size - CLR_ARCHIVE_SEAL_SIZE;
    if (!packed && plain_size != want) return clr_archive_damaged(archive, fault);
    CLR_TRY(read_file(archive, entry.offset, archive->sealed, entry.size, fault));
    if (!clr_archive_unseal(&archive->keys, clr_archive_about_frame(archive->header.received, frame, entry.flags, about),
                            clr_bytes_of(archive->sealed, entry.size), packed ? archive->packed : archive->frame)) {
        return clr_archive_damaged(archive, fault);
    }
    if (packed && ZSTD_decompressDCtx(archive->zstd, archive->frame, CLR_ARCHIVE_FRAME_SIZE, archive->packed, plain_size) != want) {
        return clr_archive_damaged(archive, fault);
    }
    archive->cached = frame;
    return CLR_OK;
}

static enum clr_status reference_lost(const struct clr_archive *archive, struct clr_fault *fault)
{
    clr_fault_say(fault, CLR_DAMAGED, "the archive refers to a file that has been moved, changed or removed; put it back as it was",
                  "存档所引用的文件已被移动、改动或删除；请恢复原文件");
    clr_fault_at(fault, (const char *)archive->index, 0, NULL);
    return CLR_DAMAGED;
}

/* The file must still be the one whose root we have: compared once, after that its size and time must not move. */
static enum clr_status believe_reference(struct clr_archive *archive, struct clr_fault *fault)
{
    enum clr_file_reason reason;
    uint8_t root[CLR_DIGEST_SIZE];
    enum clr_status status;

    if (archive->believed) return CLR_OK;
    status = clr_source_open((const char *)archive->index, &archive->source, &reason, fault);
    if (status == CLR_OK && archive->source.size != archive->header.received_size) status = CLR_REFUSED;
    if (status == CLR_OK) status = clr_digest_source(&archive->source, 1, root, &reason, fault);
    if (status == CLR_OK) status = clr_source_check(&archive->source, &reason, fault);
    if (status == CLR_OK && memcmp(root, archive->header.received, CLR_DIGEST_SIZE) != 0) status = CLR_REFUSED;
    if (status != CLR_OK) clr_source_close(&archive->source);
    archive->believed = status == CLR_OK;
    return status == CLR_REFUSED ? reference_lost(archive, fault) : status;
}

static enum clr_status read_reference(struct clr_archive *archive, uint64_t offset, uint8_t *buffer, size_t size, struct clr_fault *fault)
{
    enum clr_file_reason reason;
    enum clr_status status;

    CLR_TRY(believe_reference(archive, fault));
    status = clr_source_read(&archive->source, offset, buffer, size, &reason, fault);
    if (status == CLR_OK) status = clr_source_check(&archive->source, &reason, fault);
    return status == CLR_REFUSED ? reference_lost(archive, fault) : status;
}

enum clr_status clr_archive_received(struct clr_archive *archive, uint64_t offset, uint8_t *buffer, size_t size, struct clr_fault *fault)
{
    CLR_ASSERT(offset <= archive->header.received_size && size <= archive->header.received_size - offset);
    if (archive->header.reference) return read_reference(archive, offset, buffer, size, fault);
    while (size > 0) {
        const uint64_t frame = offset / CLR_ARCHIVE_FRAME_SIZE;
        const size_t within = (size_t)(offset % CLR_ARCHIVE_FRAME_SIZE);
        const size_t there = clr_archive_frame_size(archive->header.received_size, frame) - within;
        const size_t take = size < there ? size : there;

        CLR_TRY(load_frame(archive, frame, fault));
        memcpy(buffer, archive->frame + within, take);
        buffer += take;
        size -= take;
        offset += take;
    }
    return CLR_OK;
}

/* ---- the unpacked bytes ---- */

static enum clr_status feed_received(void *context, uint8_t *buffer, size_t size, size_t *got, enum clr_file_reason *reason, struct clr_fault *fault)
{
    struct clr_archive *archive = context;
    const uint64_t left = archive->header.received_size - archive->fed;

    (void)reason;                        /* damage of an archive is a status of its own */
    *got = left < size ? (size_t)left : size;
    CLR_TRY(clr_archive_received(archive, archive->fed, buffer, *got, fault));
    archive->fed += *got;
    return CLR_OK;
}

enum clr_status clr_archive_rewind(struct clr_archive *archive, struct clr_fault *fault)
{
    const struct clr_unpack_feed feed = { .read = feed_received, .context = archive };

    clr_unpack_close(archive->unpack);
    archive->unpack = NULL;
    archive->fed = 0;
    archive->position = 0;
    return clr_unpack_open(archive->header.packing, feed, clr_unpack_limit(archive->header.received_size), &archive->unpack, fault);
}

/* Exactly `size` bytes more from the unpacker; what was archived could be unpacked, so anything else is damage. */
static enum clr_status unpack_on(struct clr_archive *archive, uint8_t *buffer, size_t size, struct clr_fault *fault)
{
    enum clr_file_reason reason;
    size_t got;
    enum clr_status status = clr_unpack_read(archive->unpack, buffer, size, &got, &reason, fault);

    if (status == CLR_REFUSED || (status == CLR_OK && got != size)) status = clr_archive_damaged(archive, fault);
    archive->position += size;
    if (status != CLR_OK) {              /* the unpacker stands nowhere now; the next read begins anew */
        clr_unpack_close(archive->unpack);
        archive->unpack = NULL;
    }
    return status;
}

static enum clr_status read_packed(struct clr_archive *archive, uint64_t offset, uint8_t *buffer, size_t size, struct clr_fault *fault)
{
    uint8_t passed[16384];

    if (archive->unpack == NULL || offset < archive->position) CLR_TRY(clr_archive_rewind(archive, fault));
    while (archive->position < offset) {
        const uint64_t left = offset - archive->position;

        CLR_TRY(unpack_on(archive, passed, left < sizeof passed ? (size_t)left : sizeof passed, fault));
    }
    sodium_memzero(passed, sizeof passed);
    return unpack_on(archive, buffer, size, fault);
}

enum clr_status clr_archive_read(struct clr_archive *archive, uint64_t offset, uint8_t *buffer, size_t size, size_t *got, struct clr_fault *fault)
{
    const uint64_t content_size = archive->header.content_size;
    const uint64_t left = offset < content_size ? content_size - offset : 0;

    *got = 0;
    if (left < size) size = (size_t)left;
    if (size == 0) return CLR_OK;
    if (archive->header.packing == CLR_PACKING_NONE) CLR_TRY(clr_archive_received(archive, offset, buffer, size, fault));
    else CLR_TRY(read_packed(archive, offset, buffer, size, fault));
    *got = size;
    return CLR_OK;
}
