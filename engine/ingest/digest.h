/*
 * digest.h: SHA-256 of 1 MiB chunks and the root over them.
 *
 * Root      SHA-256("clear-root-v1" ‖ size le64 ‖ digest of chunk 0 ‖ digest of chunk 1 ‖ …); the last chunk may be shorter.
 * Threads   a hasher belongs to one thread; clr_digest_source makes as many as it has workers.
 * Errors    CLR_KEY when OpenSSL gives no SHA-256, CLR_FULL for memory.
 */
#ifndef CLR_INGEST_DIGEST_H
#define CLR_INGEST_DIGEST_H

#include "ingest/input.h"
#include "ingest/source.h"

struct evp_md_st;
struct evp_md_ctx_st;

/* One thread's context and the fetched method: fetching by name for every chunk would cost more than a small chunk. */
struct clr_hasher {
    struct evp_md_st *method;
    struct evp_md_ctx_st *context;
};

CLR_MUST_USE enum clr_status clr_hasher_open(struct clr_hasher *out, struct clr_fault *fault);
CLR_MUST_USE enum clr_status clr_hasher_chunk(struct clr_hasher *hasher, const void *data, size_t size, uint8_t digest[CLR_DIGEST_SIZE],
                                              struct clr_fault *fault);

/** @param digests  `count` chunk digests, one after the other. */
CLR_MUST_USE enum clr_status clr_hasher_root(struct clr_hasher *hasher, uint64_t size, const uint8_t *digests, size_t count,
                                             uint8_t root[CLR_DIGEST_SIZE], struct clr_fault *fault);
void clr_hasher_close(struct clr_hasher *hasher);

/** Chunk digests of something whose size is not known before its end; grows. Start with {0}, free `byte`. */
struct clr_digests {
    uint8_t *byte;
    size_t count, room;
};
CLR_MUST_USE enum clr_status clr_digests_add(struct clr_digests *digests, const uint8_t digest[CLR_DIGEST_SIZE]);

/** Root of a whole source, chunks shared out among `threads`. The source's size and time are not compared here. */
CLR_MUST_USE enum clr_status clr_digest_source(const struct clr_source *source, unsigned threads, uint8_t root[CLR_DIGEST_SIZE],
                                               enum clr_file_reason *reason, struct clr_fault *fault);

/** @return CLR_FULL, said in the usual words. */
enum clr_status clr_memory_short(struct clr_fault *fault);

#endif
