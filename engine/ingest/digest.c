/* digest.c: see digest.h. */
#include "ingest/digest.h"

#include <openssl/evp.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/stop.h"
#include "base/workers.h"

static const char root_tag[] = "clear-root-v1";

enum clr_status clr_memory_short(struct clr_fault *fault)
{
    return clr_fault_say(fault, CLR_FULL, "out of memory", "内存不足");
}

static enum clr_status no_sha256(struct clr_fault *fault)
{
    return clr_fault_say(fault, CLR_KEY, "OpenSSL does not compute SHA-256; check its configuration", "OpenSSL 无法计算 SHA-256；请检查其配置");
}

enum clr_status clr_hasher_open(struct clr_hasher *out, struct clr_fault *fault)
{
    *out = (struct clr_hasher){ .method = EVP_MD_fetch(NULL, "SHA256", NULL) };
    if (out->method == NULL) return no_sha256(fault);
    out->context = EVP_MD_CTX_new();
    if (out->context != NULL) return CLR_OK;
    clr_hasher_close(out);
    return clr_memory_short(fault);
}

void clr_hasher_close(struct clr_hasher *hasher)
{
    EVP_MD_CTX_free(hasher->context);
    EVP_MD_free(hasher->method);
    *hasher = (struct clr_hasher){ 0 };
}

enum clr_status clr_hasher_chunk(struct clr_hasher *hasher, const void *data, size_t size, uint8_t digest[CLR_DIGEST_SIZE],
                                 struct clr_fault *fault)
{
    const bool done = EVP_DigestInit_ex2(hasher->context, hasher->method, NULL) == 1 && EVP_DigestUpdate(hasher->context, data, size) == 1 &&
                      EVP_DigestFinal_ex(hasher->context, digest, NULL) == 1;
    return done ? CLR_OK : no_sha256(fault);
}

enum clr_status clr_hasher_root(struct clr_hasher *hasher, uint64_t size, const uint8_t *digests, size_t count, uint8_t root[CLR_DIGEST_SIZE],
                                struct clr_fault *fault)
{
    uint8_t size_le[8];

    for (unsigned i = 0; i < sizeof size_le; i++) size_le[i] = (uint8_t)(size >> (8 * i));
    const bool done = EVP_DigestInit_ex2(hasher->context, hasher->method, NULL) == 1 &&
                      EVP_DigestUpdate(hasher->context, root_tag, sizeof root_tag - 1) == 1 &&
                      EVP_DigestUpdate(hasher->context, size_le, sizeof size_le) == 1 &&
                      (count == 0 || EVP_DigestUpdate(hasher->context, digests, count * CLR_DIGEST_SIZE) == 1) &&
                      EVP_DigestFinal_ex(hasher->context, root, NULL) == 1;
    return done ? CLR_OK : no_sha256(fault);
}

enum clr_status clr_digests_add(struct clr_digests *digests, const uint8_t digest[CLR_DIGEST_SIZE])
{
    if (digests->count == digests->room) {
        const size_t room = digests->room == 0 ? 64 : digests->room * 2;
        uint8_t *grown = realloc(digests->byte, room * CLR_DIGEST_SIZE);

        if (grown == NULL) return CLR_FULL;
        digests->byte = grown;
        digests->room = room;
    }
    memcpy(digests->byte + digests->count++ * CLR_DIGEST_SIZE, digest, CLR_DIGEST_SIZE);
    return CLR_OK;
}

/* For small things in memory, where nothing but our own set-up can fail. */
void clr_root_of(const void *data, size_t size, uint8_t root[CLR_DIGEST_SIZE])
{
    const uint8_t *bytes = data;
    struct clr_hasher hasher;
    struct clr_digests digests = { 0 };
    uint8_t digest[CLR_DIGEST_SIZE];
    enum clr_status status = clr_hasher_open(&hasher, NULL);

    for (size_t at = 0; status == CLR_OK && at < size; at += CLR_CHUNK_SIZE) {
        const size_t chunk_size = size - at < CLR_CHUNK_SIZE ? size - at : CLR_CHUNK_SIZE;

        status = clr_hasher_chunk(&hasher, bytes + at, chunk_size, digest, NULL);
        if (status == CLR_OK) status = clr_digests_add(&digests, digest);
    }
    if (status == CLR_OK) status = clr_hasher_root(&hasher, size, digests.byte, digests.count, root, NULL);
    clr_hasher_close(&hasher);
    free(digests.byte);
    CLR_ASSERT(status == CLR_OK);
}

/* ---- a whole source on several threads ---- */

struct digest_job {
    const struct clr_source *source;
    uint8_t *digests;                    /* chunk i is written by the worker that claimed i */
    uint64_t chunk_count;
    _Atomic uint64_t next;
    _Atomic bool failed;
    /* Written by the first worker that failed, read after the join. */
    enum clr_status status;
    enum clr_file_reason reason;
    struct clr_fault fault;
};

/* Read and hashed slice by slice: what the kernel copies is still in the second-level cache when it is hashed. */
#define SLICE_SIZE ((size_t)128 << 10)

static enum clr_status digest_chunk(struct digest_job *job, struct clr_hasher *hasher, uint64_t chunk, uint8_t *buffer,
                                    enum clr_file_reason *reason, struct clr_fault *fault)
{
    const uint64_t offset = chunk * CLR_CHUNK_SIZE;
    const uint64_t left = job->source->size - offset;
    const size_t size = left < CLR_CHUNK_SIZE ? (size_t)left : CLR_CHUNK_SIZE;

    if (clr_stop_requested()) return CLR_STOPPED;
    bool done = EVP_DigestInit_ex2(hasher->context, hasher->method, NULL) == 1;
    for (size_t at = 0; done && at < size; at += SLICE_SIZE) {
        const size_t slice = size - at < SLICE_SIZE ? size - at : SLICE_SIZE;
        CLR_TRY(clr_source_read(job->source, offset + at, buffer, slice, reason, fault));
        done = EVP_DigestUpdate(hasher->context, buffer, slice) == 1;
    }
    done = done && EVP_DigestFinal_ex(hasher->context, job->digests + chunk * CLR_DIGEST_SIZE, NULL) == 1;
    return done ? CLR_OK : no_sha256(fault);
}

static void digest_work(void *context, unsigned worker)
{
    struct digest_job *job = context;
    struct clr_fault fault = { 0 };
    enum clr_file_reason reason = CLR_FILE_REASON_UNREADABLE;
    struct clr_hasher hasher = { 0 };
    uint8_t *buffer = malloc(SLICE_SIZE);
    enum clr_status status = buffer == NULL ? clr_memory_short(&fault) : clr_hasher_open(&hasher, &fault);

    (void)worker;
    while (status == CLR_OK && !atomic_load_explicit(&job->failed, memory_order_relaxed)) {
        const uint64_t chunk = atomic_fetch_add_explicit(&job->next, 1, memory_order_relaxed);

        if (chunk >= job->chunk_count) break;
        status = digest_chunk(job, &hasher, chunk, buffer, &reason, &fault);
    }
    /* The first to fail speaks for all; the join orders its words before the reader. */
    if (status != CLR_OK && !atomic_exchange_explicit(&job->failed, true, memory_order_relaxed)) {
        job->status = status;
        job->reason = reason;
        job->fault = fault;
    }
    clr_hasher_close(&hasher);
    if (buffer != NULL) explicit_bzero(buffer, SLICE_SIZE);     /* it held card numbers */
    free(buffer);
}

enum clr_status clr_digest_source(const struct clr_source *source, unsigned threads, uint8_t root[CLR_DIGEST_SIZE], enum clr_file_reason *reason,
                                  struct clr_fault *fault)
{
    const uint64_t chunk_count = source->size / CLR_CHUNK_SIZE + (source->size % CLR_CHUNK_SIZE != 0);
    struct digest_job job = { .source = source, .chunk_count = chunk_count, .status = CLR_OK };
    struct clr_hasher hasher;

    CLR_TRY(clr_hasher_open(&hasher, fault));
    job.digests = malloc(chunk_count == 0 ? 1 : chunk_count * CLR_DIGEST_SIZE);
    if (job.digests == NULL) {
        clr_hasher_close(&hasher);
        return clr_memory_short(fault);
    }
    clr_workers_run(threads < chunk_count ? threads : (unsigned)chunk_count, digest_work, &job);
    if (job.status == CLR_OK) {
        job.status = clr_hasher_root(&hasher, source->size, job.digests, chunk_count, root, fault);
    } else {
        *reason = job.reason;
        if (fault != NULL) *fault = job.fault;
    }
    free(job.digests);
    clr_hasher_close(&hasher);
    return job.status;
}
