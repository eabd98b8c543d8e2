/*
 * bitslice.h: 3DES codes of 64 or 256 records at once, every bit of a block in a word of its own.
 *
 * One source (bitslice_kernel.h) is compiled twice: over uint64_t, and over vectors of four of them with AVX2. A lane is one record's place in
 * the group. Permutations and key schedules cost nothing: they are the choice of words. Time does not depend on keys or data.
 *
 * Threads   pure: touches the group alone.
 */
#ifndef CLR_TAC_BITSLICE_H
#define CLR_TAC_BITSLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CLR_BITSLICE_LANES_MAX 256
#define CLR_BITSLICE_BLOCKS 3

/** A group of records of one kind: blocks and keys as numbers, first byte the most significant. */
struct clr_bitslice_group {
    uint64_t left[CLR_BITSLICE_LANES_MAX];                           /* issuer-level key; without `diversify` the card key */
    uint64_t right[CLR_BITSLICE_LANES_MAX];
    uint64_t factor[CLR_BITSLICE_LANES_MAX];                         /* card factor; unused without `diversify` */
    uint64_t data[CLR_BITSLICE_BLOCKS][CLR_BITSLICE_LANES_MAX];      /* padded */
    uint64_t mac[CLR_BITSLICE_LANES_MAX];                            /* out: the TAC in the upper 32 bits */
    bool one_key;                                                    /* all lanes have the key of lane 0 */
    bool diversify;
    bool fold;                                                       /* tac.h: MAC under left XOR right */
};

/**
 * A kernel: fill `mac` of its lanes.
 *
 * @param space  of space_size bytes, aligned to 32; holds keys: the caller keeps and wipes it.
 */
struct clr_bitslice_kernel {
    size_t lanes;
    size_t space_size;
    void (*run)(struct clr_bitslice_group *group, void *space);
};

extern const struct clr_bitslice_kernel clr_bitslice_portable;
#if defined(CLR_TAC_WITH_AVX2)
extern const struct clr_bitslice_kernel clr_bitslice_avx2;           /* to be run only on a processor that has it */
#endif

#endif
