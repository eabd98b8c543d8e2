/*
 * quick_input.h: inputs for prop_quick: some lines of a file, with other habits and some damage, from a seed.
 */
#ifndef CLR_TESTS_QUICK_INPUT_H
#define CLR_TESTS_QUICK_INPUT_H

#include "codec.h"

#define QUICK_BLOCK_MAX 16384

/** A header line and a block of records. */
struct quick_input {
    uint8_t head[2048], block[QUICK_BLOCK_MAX];
    size_t head_size, size;
};

/** Offset behind the line that is at `at`. */
size_t quick_line_end(struct clr_bytes bytes, size_t at);

/** The first line of a file, and some lines from a place in it. */
void quick_input_take(struct quick_input *input, struct clr_bytes bytes, uint64_t *random);

/** Now and then other line ends, or quotes around every column. */
void quick_input_habits(struct quick_input *input, const struct clr_codec *codec, uint64_t *random);

/** Up to four bytes or stretches of bytes changed, put in, taken out, copied; or the end cut off. */
void quick_input_damage(struct quick_input *input, uint64_t *random);

#endif
