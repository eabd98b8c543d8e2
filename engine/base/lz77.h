/*
 * lz77.h: the packing of toll messages: bytes as literals and copies in a bit stream, by blocks of at most 64 KiB.
 *
 * Block     u16 big-endian source size (0 = 65536) ‖ u16 big-endian coded size (0 = 65536) ‖ coded bytes. Equal sizes: the bytes are stored as they are.
 * Bits      from the high bit of each byte down. 0, then 8 bits: a literal. 1, then length, then offset: a copy of what the block has given before.
 *           Length: q one-bits, a zero, q bits r: 2 when q is 0, else 2^q + r + 1. Offset: ceil(log2(bytes given so far)) bits, counted from the
 *           block's start. A copy ends before the place where it is put: it never overlaps itself. What is left of the last byte is zero.
 * Packing   gives what the networks' own packer gives, byte for byte: at each place the longest copy, of equally long ones the one that begins last;
 *           a copy never begins inside a run of equal bytes. A block that does not become smaller is stored.
 *
 * Ownership the packed bytes are malloc'ed; the caller frees them.
 * Threads   pure.
 * Source    the packages' transport, formats etc 1.1; the rule for choosing copies was measured on a real pair.
 */
#ifndef CLR_BASE_LZ77_H
#define CLR_BASE_LZ77_H

#include <stdbool.h>

#include "base/bytes.h"
#include "base/status.h"

#define CLR_LZ77_BLOCK_SIZE 65536u
#define CLR_LZ77_HEAD_SIZE 4u

/** @return CLR_OK | CLR_FULL. An empty input is packed to nothing. */
CLR_MUST_USE enum clr_status clr_lz77_pack(struct clr_bytes plain, uint8_t **packed, size_t *size);

/** Sizes that a block's head states. @return false when the coded bytes would be more than the plain ones: no packer writes that. */
bool clr_lz77_head(const uint8_t head[CLR_LZ77_HEAD_SIZE], uint32_t *plain_size, uint32_t *coded_size);

/** First plain byte of a block, from its head and at least two bytes behind it (one is enough of a stored block). */
uint8_t clr_lz77_first(const uint8_t *block);

/** Plain bytes of all blocks together; false when their heads do not lead exactly to the end. */
bool clr_lz77_size(struct clr_bytes packed, uint64_t *plain_size);

/**
 * Unpack all blocks.
 * @param plain  clr_lz77_size() bytes
 * @return false when a block is damaged: it copies what is not there yet, or gives more or fewer bytes than it says. Nothing outside is touched.
 */
bool clr_lz77_unpack(struct clr_bytes packed, uint8_t *plain);

#endif
