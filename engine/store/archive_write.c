/*
 * archive_write.c: seal an input into the archive. See archive.h.
 *
 * In rounds: the workers claim the frames of a round, read, hash, pack and seal each into its own slot; then the slots are written in file
 * order. Memory is the slots of one round, whatever the file. Nothing is shared within a round but the claim counter.
 */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zstd.h>

#include "base/stop.h"
#include "base/workers.h"
#include "ingest/digest.h"
#include "ingest/stream.h"
#include "store/archive_disk.h"
#include "store/archive_inside.h"

#define ZSTD_LEVEL 1
#define SLOTS_PER_WORKER 4
#define SLOTS_MAX 128

/* What one worker needs; made before the first round, since a worker cannot report half a set-up. */
struct packer {
    uint8_t *raw, *packed;
    size_t packed_room;
    ZSTD_CCtx *zstd;
    struct clr_hasher hasher;
};

struct slot {
    uint8_t *sealed;
    size_t size;
    uint32_t flags;
};

struct writer {
    struct clr_source source;
    struct clr_archive_header header;
    struct clr_archive_keys keys;
    struct clr_archive_disk disk;
    uint8_t *digests, *index;            /* of every frame */
    struct packer *packers;
    unsigned packer_count;
    struct slot *slots;
    uint64_t slot_count;
    /* the round */
    uint64_t first, end;                 /* frames [first, end) */
    _Atomic uint64_t next;
    _Atomic bool failed;
    enum clr_status status;              /* of the first worker that failed; read after the join, as is the fault */
    struct clr_fault fault;
};

/* ---- one frame ---- */

static enum clr_status seal_frame(struct writer *writer, struct packer *packer, uint64_t frame, struct clr_fault *fault)
{
    const struct clr_archive_header *header = &writer->header;
    struct slot *slot = &writer->slots[frame - writer->first];
    const size_t size = clr_archive_frame_size(header->received_size, frame);
    uint8_t about[CLR_ARCHIVE_ABOUT_SIZE];
    enum clr_file_reason reason;

    if (clr_stop_requested()) return CLR_STOPPED;
    CLR_TRY(clr_source_read(&writer->source, frame * CLR_ARCHIVE_FRAME_SIZE, packer->raw, size, &reason, fault));
    CLR_TRY(clr_hasher_chunk(&packer->hasher, packer->raw, size, writer->digests + frame * CLR_DIGEST_SIZE, fault));
    const size_t packed_size = ZSTD_compressCCtx(packer->zstd, packer->packed, packer->packed_room, packer->raw, size, ZSTD_LEVEL);
    const bool shrunk = !ZSTD_isError(packed_size) && packed_size < size;
    const struct clr_bytes plain = shrunk ? clr_bytes_of(packer->packed, packed_size) : clr_bytes_of(packer->raw, size);
    slot->flags = shrunk ? CLR_ARCHIVE_FLAG_ZSTD : 0;
    slot->size = plain.size + CLR_ARCHIVE_SEAL_SIZE;
    clr_archive_seal(&writer->keys, clr_archive_about_frame(header->received, frame, slot->flags, about), plain, slot->sealed);
    return CLR_OK;
}

static void seal_work(void *context, unsigned worker)
{
    struct writer *writer = context;
    struct clr_fault fault = { 0 };
    enum clr_status status = CLR_OK;

    while (status == CLR_OK && !atomic_load_explicit(&writer->failed, memory_order_relaxed)) {
        const uint64_t frame = atomic_fetch_add_explicit(&writer->next, 1, memory_order_relaxed);

        if (frame >= writer->end) break;
        status = seal_frame(writer, &writer->packers[worker], frame, &fault);
    }
    if (status != CLR_OK && !atomic_exchange_explicit(&writer->failed, true, memory_order_relaxed)) {
        writer->status = status;
        writer->fault = fault;
    }
}

/* ---- set-up ---- */

static bool packer_open(struct packer *packer, struct clr_fault *fault)
{
    packer->packed_room = ZSTD_compressBound(CLR_ARCHIVE_FRAME_SIZE);
    packer->raw = malloc(CLR_ARCHIVE_FRAME_SIZE);
    packer->packed = malloc(packer->packed_room);
    packer->zstd = ZSTD_createCCtx();
    return packer->raw != NULL && packer->packed != NULL && packer->zstd != NULL && clr_hasher_open(&packer->hasher, fault) == CLR_OK;
}

static void packer_close(struct packer *packer)
{
    if (packer->raw != NULL) sodium_memzero(packer->raw, CLR_ARCHIVE_FRAME_SIZE);
    if (packer->packed != NULL) sodium_memzero(packer->packed, packer->packed_room);
    free(packer->raw);
    free(packer->packed);
    ZSTD_freeCCtx(packer->zstd);
    clr_hasher_close(&packer->hasher);
}

static enum clr_status writer_prepare(struct writer *writer, unsigned threads, struct clr_fault *fault)
{
    const uint64_t frame_count = writer->header.frame_count;
    const unsigned wanted = threads == 0 ? 1 : threads > CLR_WORKERS_MAX ? CLR_WORKERS_MAX : threads;

    writer->packer_count = wanted < frame_count ? wanted : (unsigned)frame_count;
    writer->slot_count = (uint64_t)writer->packer_count * SLOTS_PER_WORKER;
    if (writer->slot_count > SLOTS_MAX) writer->slot_count = SLOTS_MAX;
    if (writer->slot_count > frame_count) writer->slot_count = frame_count;
    writer->digests = calloc(frame_count + 1, CLR_DIGEST_SIZE);
    writer->index = calloc(frame_count + 1, CLR_ARCHIVE_ENTRY_SIZE);
    writer->packers = calloc(writer->packer_count + 1, sizeof *writer->packers);
    writer->slots = calloc(writer->slot_count + 1, sizeof *writer->slots);
    if (writer->digests == NULL || writer->index == NULL || writer->packers == NULL || writer->slots == NULL) return clr_memory_short(fault);
    for (uint64_t i = 0; i < writer->slot_count; i++) {
        writer->slots[i].sealed = malloc(CLR_ARCHIVE_FRAME_SIZE + CLR_ARCHIVE_SEAL_SIZE);
        if (writer->slots[i].sealed == NULL) return clr_memory_short(fault);
    }
    for (unsigned i = 0; i < writer->packer_count; i++) {
        if (!packer_open(&writer->packers[i], fault)) return clr_memory_short(fault);
    }
    return CLR_OK;
}

static void writer_release(struct writer *writer)
{
    for (unsigned i = 0; writer->packers != NULL && i < writer->packer_count; i++) packer_close(&writer->packers[i]);
    for (uint64_t i = 0; writer->slots != NULL && i < writer->slot_count; i++) free(writer->slots[i].sealed);
    free(writer->packers);
    free(writer->slots);
    free(writer->digests);
    free(writer->index);
    clr_source_close(&writer->source);
    clr_archive_keys_wipe(&writer->keys);
}

/* ---- the file ---- */

/* Seal and write all frames; the index entries say where each one went. `*offset` moves behind the last. */
static enum clr_status write_frames(struct writer *writer, uint64_t *offset, struct clr_fault *fault)
{
    for (writer->first = 0; writer->first < writer->header.frame_count; writer->first = writer->end) {
        const uint64_t left = writer->header.frame_count - writer->first;

        writer->end = writer->first + (left < writer->slot_count ? left : writer->slot_count);
        atomic_store_explicit(&writer->next, writer->first, memory_order_relaxed);
        clr_workers_run(writer->packer_count, seal_work, writer);
        if (writer->status != CLR_OK) {
            if (fault != NULL) *fault = writer->fault;
            return writer->status;
        }
        for (uint64_t frame = writer->first; frame < writer->end; frame++) {
            const struct slot *slot = &writer->slots[frame - writer->first];
            const struct clr_archive_entry entry = { .offset = *offset, .size = (uint32_t)slot->size, .flags = slot->flags };

            CLR_TRY(clr_archive_disk_write(&writer->disk, *offset, slot->sealed, slot->size, fault));
            clr_archive_entry_put(&entry, writer->index + frame * CLR_ARCHIVE_ENTRY_SIZE);
            *offset += slot->size;
        }
    }
    return CLR_OK;
}

/* The very bytes that were sealed must have the root: a file changed within one tick of its clock is found here. */
static enum clr_status check_root(struct writer *writer, struct clr_fault *fault)
{
    const struct clr_archive_header *header = &writer->header;
    enum clr_file_reason reason;
    struct clr_hasher hasher;
    uint8_t root[CLR_DIGEST_SIZE];
    enum clr_status status;

    CLR_TRY(clr_source_check(&writer->source, &reason, fault));
    CLR_TRY(clr_hasher_open(&hasher, fault));
    status = clr_hasher_root(&hasher, header->received_size, writer->digests, header->frame_count, root, fault);
    clr_hasher_close(&hasher);
    CLR_TRY(status);
    return memcmp(root, header->received, CLR_DIGEST_SIZE) == 0 ? CLR_OK : clr_source_changed(writer->source.path, &reason, fault);
}

/* Header and sealed tail: the index, or the path referred to. */
static enum clr_status write_ends(struct writer *writer, struct clr_bytes tail, struct clr_fault *fault)
{
    uint8_t header[CLR_ARCHIVE_HEADER_SIZE];
    const size_t sealed_size = tail.size + CLR_ARCHIVE_SEAL_SIZE;
    uint8_t *sealed = malloc(sealed_size);
    enum clr_status status;

    if (sealed == NULL) return clr_memory_short(fault);
    clr_archive_header_put(&writer->header, header);
    clr_archive_seal(&writer->keys, clr_bytes_of(header, sizeof header), tail, sealed);
    status = clr_archive_disk_write(&writer->disk, writer->header.index_offset, sealed, sealed_size, fault);
    free(sealed);
    CLR_TRY(status);
    return clr_archive_disk_write(&writer->disk, 0, header, sizeof header, fault);
}

static enum clr_status write_kept(struct writer *writer, unsigned threads, struct clr_fault *fault)
{
    uint64_t offset = CLR_ARCHIVE_HEADER_SIZE;

    writer->header.frame_count = (writer->header.received_size + CLR_ARCHIVE_FRAME_SIZE - 1) / CLR_ARCHIVE_FRAME_SIZE;
    CLR_TRY(writer_prepare(writer, threads, fault));
    CLR_TRY(write_frames(writer, &offset, fault));
    CLR_TRY(check_root(writer, fault));
    writer->header.index_offset = offset;
    return write_ends(writer, clr_bytes_of(writer->index, writer->header.frame_count * CLR_ARCHIVE_ENTRY_SIZE), fault);
}

static enum clr_status write_reference(struct writer *writer, struct clr_fault *fault)
{
    char *absolute = realpath(writer->source.path, NULL);
    enum clr_file_reason reason;
    enum clr_status status;

    if (absolute == NULL && errno == ENOMEM) return clr_memory_short(fault);
    if (absolute == NULL) return clr_source_changed(writer->source.path, &reason, fault);
    writer->header.reference = true;
    writer->header.index_offset = CLR_ARCHIVE_HEADER_SIZE;
    status = write_ends(writer, clr_bytes_text(absolute), fault);
    free(absolute);
    return status;
}

/* ---- the one that is there already ---- */

/* Whole, and at least as much as is asked for: a reference does not stand for kept frames. */
static enum clr_status is_there(const char *directory, const uint8_t key[CLR_STORE_KEY_SIZE], const struct clr_input *input, bool reference,
                                bool *there, struct clr_fault *fault)
{
    struct clr_archive *archive = NULL;
    struct clr_fault found = { 0 };
    enum clr_status status = clr_archive_open(directory, key, input->received, &archive, &found);

    if (status == CLR_OK) {
        status = archive->header.reference && !reference ? CLR_NOT_FOUND : clr_archive_verify(archive, &found);
        clr_archive_close(archive);
    }
    *there = status == CLR_OK;
    if (status == CLR_NOT_FOUND || status == CLR_DAMAGED) return CLR_OK;     /* then it is written, over whatever is there */
    if (status != CLR_OK && fault != NULL) *fault = found;
    return status;
}

enum clr_status clr_archive_write(const char *directory, const uint8_t key[CLR_STORE_KEY_SIZE], const struct clr_input *input, unsigned threads,
                                  bool reference, struct clr_fault *fault)
{
    struct writer writer = { .source = { .fd = -1 } };
    enum clr_file_reason reason;
    enum clr_status status;
    bool there;

    CLR_TRY(is_there(directory, key, input, reference, &there, fault));
    if (there) return clr_archive_disk_sync(directory, fault);       /* a run killed after its rename had not synced it */
    writer.header = (struct clr_archive_header){
        .received_size = input->received_size, .content_size = input->content_size, .packing = input->packing };
    memcpy(writer.header.received, input->received, CLR_DIGEST_SIZE);
    memcpy(writer.header.content, input->content, CLR_DIGEST_SIZE);
    status = clr_archive_keys_derive(key, input->received, &writer.keys, fault);
    if (status == CLR_OK) status = clr_input_reopen(input, &writer.source, &reason, fault);
    if (status == CLR_OK) status = clr_archive_disk_create(directory, input->received, &writer.disk, fault);
    if (status == CLR_OK) {
        status = reference ? write_reference(&writer, fault) : write_kept(&writer, threads, fault);
        status = clr_archive_disk_finish(&writer.disk, status, fault);
    }
    writer_release(&writer);
    return status;
}
