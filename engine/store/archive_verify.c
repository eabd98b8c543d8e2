/* archive_verify.c: re-check a whole archive: every seal, both roots. See archive.h. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/stop.h"
#include "ingest/digest.h"
#include "store/archive_inside.h"

struct checker {
    struct clr_hasher hasher;
    struct clr_digests digests;
    uint8_t *chunk;
};

static enum clr_status add_chunk(struct checker *checker, size_t size, struct clr_fault *fault)
{
    uint8_t digest[CLR_DIGEST_SIZE];

    if (clr_stop_requested()) return CLR_STOPPED;
    CLR_TRY(clr_hasher_chunk(&checker->hasher, checker->chunk, size, digest, fault));
    return clr_digests_add(&checker->digests, digest) == CLR_OK ? CLR_OK : clr_memory_short(fault);
}

static enum clr_status compare_root(struct clr_archive *archive, struct checker *checker, uint64_t size, const uint8_t want[CLR_DIGEST_SIZE],
                                    struct clr_fault *fault)
{
    uint8_t root[CLR_DIGEST_SIZE];

    CLR_TRY(clr_hasher_root(&checker->hasher, size, checker->digests.byte, checker->digests.count, root, fault));
    return memcmp(root, want, CLR_DIGEST_SIZE) == 0 ? CLR_OK : clr_archive_damaged(archive, fault);
}

static enum clr_status check_received(struct clr_archive *archive, struct checker *checker, struct clr_fault *fault)
{
    const uint64_t size = archive->header.received_size;

    checker->digests.count = 0;
    archive->cached = UINT64_MAX;            /* what is on the disk, not what was read before */
    archive->believed = false;
    clr_source_close(&archive->source);
    for (uint64_t offset = 0; offset < size; offset += CLR_CHUNK_SIZE) {
        const size_t chunk_size = clr_archive_frame_size(size, offset / CLR_CHUNK_SIZE);

        CLR_TRY(clr_archive_received(archive, offset, checker->chunk, chunk_size, fault));
        CLR_TRY(add_chunk(checker, chunk_size, fault));
    }
    return compare_root(archive, checker, size, archive->header.received, fault);
}

static enum clr_status check_content(struct clr_archive *archive, struct checker *checker, struct clr_fault *fault)
{
    enum clr_file_reason reason;
    uint64_t size = 0;
    size_t got;

    if (archive->header.packing == CLR_PACKING_NONE) {
        const bool same = archive->header.content_size == archive->header.received_size &&
                          memcmp(archive->header.content, archive->header.received, CLR_DIGEST_SIZE) == 0;
        return same ? CLR_OK : clr_archive_damaged(archive, fault);
    }
    checker->digests.count = 0;
    CLR_TRY(clr_archive_rewind(archive, fault));
    do {
        const enum clr_status status = clr_unpack_read(archive->unpack, checker->chunk, CLR_CHUNK_SIZE, &got, &reason, fault);

        if (status == CLR_REFUSED) return clr_archive_damaged(archive, fault);
        CLR_TRY(status);
        if (got > 0) CLR_TRY(add_chunk(checker, got, fault));
        size += got;
    } while (got == CLR_CHUNK_SIZE);
    if (size != archive->header.content_size) return clr_archive_damaged(archive, fault);
    return compare_root(archive, checker, size, archive->header.content, fault);
}

enum clr_status clr_archive_verify(struct clr_archive *archive, struct clr_fault *fault)
{
    struct checker checker = { .chunk = malloc(CLR_CHUNK_SIZE) };
    enum clr_status status = checker.chunk == NULL ? clr_memory_short(fault) : clr_hasher_open(&checker.hasher, fault);

    if (status == CLR_OK) status = check_received(archive, &checker, fault);
    if (status == CLR_OK) status = check_content(archive, &checker, fault);
    clr_unpack_close(archive->unpack);       /* it stands at the end or nowhere; the next read begins anew */
    archive->unpack = NULL;
    clr_hasher_close(&checker.hasher);
    free(checker.digests.byte);
    if (checker.chunk != NULL) sodium_memzero(checker.chunk, CLR_CHUNK_SIZE);
    free(checker.chunk);
    return status;
}
