/*
 * archive.h: inputs kept as received, sealed: <store>/archive/<hex of received root>.cla
 *
 * Every 1 MiB of the received bytes is a frame: zstd (level 1; stored as is when that does not shrink it), then XChaCha20-Poly1305 under a key
 * derived from the store key and the root; additional data = root ‖ frame number ‖ flags. The index (offset, size, flags of every frame), itself
 * sealed with the header as additional data, stands at the end. So every byte of the file is under a seal: frames, index, and through
 * the index the header. All is written beside and renamed, synced, before the admission that names it is done.
 *
 *   off size meaning (file header, 128 bytes, little-endian)
 *     0    8  "CLRARCH1"
 *     8    8  received size        16  8  content size       24  4  frame size (1 MiB)   28  4 packing
 *    32   32  received root        64 32  content root
 *    96    8  offset of the index  104 8  frame count        112  4 mode: 0 frames, 1 reference     116 12 zero
 *
 * A sealed piece is nonce (24) ‖ ciphertext ‖ tag (16). The nonce is a keyed hash of what is sealed: equal input under one key gives equal
 * bytes, whatever the threads, and no nonce ever serves two texts (another zstd may pack the same frame differently).
 *
 *   off size meaning (index entry, 16 bytes, little-endian; one a frame, in order, without gaps)
 *     0    8  offset of the sealed frame        8  4  its size        12  4  flags: 1 = zstd
 *
 * Mode      reference: the same header, then the absolute path, sealed like the index, instead of frames (the file must stay where it is;
 *           its digest is checked before the first byte of it is believed).
 * Promise   what is archived has the root it is named by: the digests are computed again from the very bytes that are sealed.
 * Threads   a reader belongs to one thread. Writing uses `threads` inside (compress and seal), frames in file order.
 */
#ifndef CLR_STORE_ARCHIVE_H
#define CLR_STORE_ARCHIVE_H

#include "ingest/input.h"

/**
 * Write (or keep, when it is there already and whole; a damaged one is replaced). `key` is the store key. `directory` is made when missing.
 * On any failure nothing is left behind.
 *
 * @return CLR_OK | CLR_FULL | CLR_REFUSED (changed, or no longer readable) | CLR_STOPPED | CLR_USAGE (the directory may not be written) | CLR_KEY
 */
CLR_MUST_USE enum clr_status clr_archive_write(const char *directory, const uint8_t key[CLR_STORE_KEY_SIZE], const struct clr_input *input, unsigned threads,
                                               bool reference, struct clr_fault *fault);

/** Remove the archive of a root (a file that was refused or dropped). Absent is CLR_OK. */
CLR_MUST_USE enum clr_status clr_archive_remove(const char *directory, const uint8_t received[CLR_DIGEST_SIZE]);

/** Remove what a killed run was writing ("….cla.part"). For the opening of a store, which no other command holds. */
void clr_archive_sweep(const char *directory);

struct clr_archive;
/** @return CLR_OK | CLR_NOT_FOUND (no archive kept) | CLR_DAMAGED (or another key) | CLR_USAGE (may not be read) | CLR_FULL | CLR_KEY */
CLR_MUST_USE enum clr_status clr_archive_open(const char *directory, const uint8_t key[CLR_STORE_KEY_SIZE], const uint8_t received[CLR_DIGEST_SIZE],
                                              struct clr_archive **out, struct clr_fault *fault);
void clr_archive_close(struct clr_archive *archive);
uint64_t clr_archive_content_size(const struct clr_archive *archive);

/** Unpacked bytes [offset, offset + size) (fewer at the end: `*got`). Packed inputs are unpacked from the start when the offset lies before the last read. */
CLR_MUST_USE enum clr_status clr_archive_read(struct clr_archive *archive, uint64_t offset, uint8_t *buffer, size_t size, size_t *got, struct clr_fault *fault);

/** Re-check everything: seals, digests, roots. CLR_OK | CLR_DAMAGED | CLR_STOPPED */
CLR_MUST_USE enum clr_status clr_archive_verify(struct clr_archive *archive, struct clr_fault *fault);

/** Bytes of all archives in the directory. */
uint64_t clr_archive_bytes(const char *directory);

#endif
