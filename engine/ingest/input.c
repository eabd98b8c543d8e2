/* input.c: open, classify and hash one file. See input.h. */
#include "ingest/input.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ingest/digest.h"
#include "ingest/source.h"
#include "ingest/unpack.h"
#include "ingest/unwrap.h"

/* Without directory and without one .gz, .zst or .lz77: the name by which a format or a file id knows it. A bare ".gz" stays. */
static char *base_name_of(const char *path)
{
    static const char *const suffixes[] = { ".gz", ".zst", ".lz77" };
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;
    size_t length = strlen(name);

    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        const size_t suffix = strlen(suffixes[i]);

        if (length > suffix && strcasecmp(name + length - suffix, suffixes[i]) == 0) {
            length -= suffix;
            break;
        }
    }
    return strndup(name, length);
}

static enum clr_status scan_plain(const struct clr_source *source, unsigned threads, struct clr_input *input, enum clr_file_reason *reason,
                                  struct clr_fault *fault)
{
    input->content_size = source->size;
    input->head_size = source->size < CLR_HEAD_SIZE ? (size_t)source->size : CLR_HEAD_SIZE;
    CLR_TRY(clr_source_read(source, 0, input->head, input->head_size, reason, fault));
    CLR_TRY(clr_digest_source(source, threads, input->received, reason, fault));
    memcpy(input->content, input->received, CLR_DIGEST_SIZE);
    return CLR_OK;
}

/* Unpack front to back, a chunk at a time, and keep nothing but digests and the head. */
static enum clr_status hash_content(struct clr_unpack *unpack, struct clr_hasher *hasher, uint8_t *chunk, struct clr_digests *digests,
                                    struct clr_input *input, enum clr_file_reason *reason, struct clr_fault *fault)
{
    uint8_t digest[CLR_DIGEST_SIZE];
    size_t got;

    do {
        CLR_TRY(clr_unpack_read(unpack, chunk, CLR_CHUNK_SIZE, &got, reason, fault));
        if (got == 0) break;
        if (input->content_size == 0) {
            input->head_size = got < CLR_HEAD_SIZE ? got : CLR_HEAD_SIZE;
            memcpy(input->head, chunk, input->head_size);
        }
        CLR_TRY(clr_hasher_chunk(hasher, chunk, got, digest, fault));
        if (clr_digests_add(digests, digest) != CLR_OK) return clr_memory_short(fault);
        input->content_size += got;
    } while (got == CLR_CHUNK_SIZE);
    return clr_hasher_root(hasher, input->content_size, digests->byte, digests->count, input->content, fault);
}

static enum clr_status scan_packed(const struct clr_source *source, unsigned threads, struct clr_input *input, enum clr_file_reason *reason,
                                   struct clr_fault *fault)
{
    struct clr_source_feed feed = { .source = source };
    struct clr_unpack *unpack = NULL;
    struct clr_hasher hasher = { 0 };
    struct clr_digests digests = { 0 };
    uint8_t *chunk = malloc(CLR_CHUNK_SIZE);
    enum clr_status status = chunk == NULL ? clr_memory_short(fault) : CLR_OK;

    if (status == CLR_OK) status = clr_digest_source(source, threads, input->received, reason, fault);
    if (status == CLR_OK) status = clr_hasher_open(&hasher, fault);
    if (status == CLR_OK) {
        status = clr_unpack_open(input->packing, clr_unpack_feed_of(&feed), clr_unpack_limit(source->size), &unpack, fault);
    }
    if (status == CLR_OK) status = hash_content(unpack, &hasher, chunk, &digests, input, reason, fault);
    clr_unpack_close(unpack);
    clr_hasher_close(&hasher);
    free(digests.byte);
    if (chunk != NULL) explicit_bzero(chunk, CLR_CHUNK_SIZE);       /* it held card numbers */
    free(chunk);
    return status;
}

static enum clr_status scan(const struct clr_source *source, unsigned threads, struct clr_input *input, enum clr_file_reason *reason,
                            struct clr_fault *fault)
{
    uint8_t magic[4];
    const size_t magic_size = source->size < sizeof magic ? (size_t)source->size : sizeof magic;

    if (source->size > CLR_UNPACKED_MAX) {
        return clr_source_refuse(source->path, CLR_FILE_REASON_TOO_LARGE, reason, fault, "the file is larger than 1 TiB", "文件超过 1 TiB");
    }
    CLR_TRY(clr_source_read(source, 0, magic, magic_size, reason, fault));
    input->packing = clr_unpack_sniff(magic, magic_size);
    if (input->packing == CLR_PACKING_NONE) CLR_TRY(clr_unwrap_sniff(source, &input->packing, reason, fault));
    if (input->packing == CLR_PACKING_NONE) CLR_TRY(scan_plain(source, threads, input, reason, fault));
    else CLR_TRY(scan_packed(source, threads, input, reason, fault));
    return clr_source_check(source, reason, fault);
}

enum clr_status clr_input_scan(const char *path, unsigned threads, struct clr_input *out, enum clr_file_reason *reason, struct clr_fault *fault)
{
    struct clr_source source;
    struct clr_input input = { .path = strdup(path), .base_name = base_name_of(path), .head = malloc(CLR_HEAD_SIZE) };
    enum clr_status status;

    *out = (struct clr_input){ 0 };
    *reason = CLR_FILE_REASON_UNREADABLE;
    if (input.path == NULL || input.base_name == NULL || input.head == NULL) {
        clr_input_free(&input);
        return clr_memory_short(fault);
    }
    status = clr_source_open(path, &source, reason, fault);
    if (status == CLR_OK) {
        input.received_size = source.size;
        input.mtime_ns = source.mtime_ns;
        input.device = source.device;
        input.inode = source.inode;
        status = scan(&source, threads, &input, reason, fault);
        clr_source_close(&source);
    }
    if (status != CLR_OK) {
        clr_fault_at(fault, path, 0, NULL);
        clr_input_free(&input);
        return status;
    }
    *out = input;
    return CLR_OK;
}

void clr_input_free(struct clr_input *input)
{
    free(input->path);
    free(input->base_name);
    if (input->head != NULL) explicit_bzero(input->head, CLR_HEAD_SIZE);
    free(input->head);
    *input = (struct clr_input){ 0 };
}
