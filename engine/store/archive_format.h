/*
 * archive_format.h: the bytes of an archive file: header, sealed pieces, names. What archive.c and archive_write.c share.
 *
 * Threads   pure, but for the random-free set-up of libsodium (thread-safe). Keys belong to their holder, who wipes them.
 */
#ifndef CLR_STORE_ARCHIVE_FORMAT_H
#define CLR_STORE_ARCHIVE_FORMAT_H

#include <sys/types.h>

#include "base/token.h"
#include "store/archive.h"

#define CLR_ARCHIVE_HEADER_SIZE 128
#define CLR_ARCHIVE_ENTRY_SIZE 16
#define CLR_ARCHIVE_SEAL_SIZE (24 + 16)              /* nonce and tag around what is sealed */
#define CLR_ARCHIVE_FRAME_SIZE CLR_CHUNK_SIZE        /* a frame is a chunk: its digest is a leaf of the root */
#define CLR_ARCHIVE_FLAG_ZSTD 1u

struct clr_archive_header {
    uint64_t received_size, content_size;
    enum clr_packing packing;
    bool reference;
    uint8_t received[CLR_DIGEST_SIZE], content[CLR_DIGEST_SIZE];
    uint64_t index_offset, frame_count;
};

void clr_archive_header_put(const struct clr_archive_header *header, uint8_t bytes[CLR_ARCHIVE_HEADER_SIZE]);

/** @return false when it is not a header of this version, or contradicts itself or a file of `file_size` bytes. Not yet authenticated. */
bool clr_archive_header_get(const uint8_t bytes[CLR_ARCHIVE_HEADER_SIZE], uint64_t file_size, struct clr_archive_header *out);

struct clr_archive_entry {
    uint64_t offset;
    uint32_t size, flags;
};
void clr_archive_entry_put(const struct clr_archive_entry *entry, uint8_t bytes[CLR_ARCHIVE_ENTRY_SIZE]);
struct clr_archive_entry clr_archive_entry_get(const uint8_t bytes[CLR_ARCHIVE_ENTRY_SIZE]);

struct clr_archive_keys {
    uint8_t seal[32], nonce[32];
};
CLR_MUST_USE enum clr_status clr_archive_keys_derive(const uint8_t key[CLR_STORE_KEY_SIZE], const uint8_t received[CLR_DIGEST_SIZE],
                                                     struct clr_archive_keys *out, struct clr_fault *fault);
void clr_archive_keys_wipe(struct clr_archive_keys *keys);

/** Seal `plain` into `sealed` (plain.size + CLR_ARCHIVE_SEAL_SIZE bytes). `about` is authenticated, not stored. */
void clr_archive_seal(const struct clr_archive_keys *keys, struct clr_bytes about, struct clr_bytes plain, uint8_t *sealed);

/** @param plain  room for sealed.size − CLR_ARCHIVE_SEAL_SIZE. @return false when a bit of it, of `about` or of the key differs. */
bool clr_archive_unseal(const struct clr_archive_keys *keys, struct clr_bytes about, struct clr_bytes sealed, uint8_t *plain);

/** Additional data of a frame: root ‖ number le64 ‖ flags le32. */
#define CLR_ARCHIVE_ABOUT_SIZE (CLR_DIGEST_SIZE + 8 + 4)
struct clr_bytes clr_archive_about_frame(const uint8_t received[CLR_DIGEST_SIZE], uint64_t frame, uint32_t flags, uint8_t about[CLR_ARCHIVE_ABOUT_SIZE]);

/** "<directory>/<hex><suffix>", NULL for memory; free() it. */
char *clr_archive_path(const char *directory, const uint8_t received[CLR_DIGEST_SIZE], const char *suffix);

/** Bytes of frame `frame` of a file of `received_size` bytes. */
size_t clr_archive_frame_size(uint64_t received_size, uint64_t frame);

#endif
