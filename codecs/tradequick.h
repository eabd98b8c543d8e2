/*
 * tradequick.h: the quick readers of trade-csv records: columns in the order of the format, no quotes, nothing wrong.
 *
 * A quick reader takes records one after the other while it is sure of them: every character is checked, and what it writes is
 * byte for byte what the general reader (csvrow.h) writes. It stops in front of the first record it is not sure of: anything malformed or
 * refused, blank lines, a record of unusual shape, or fewer than CLR_TRADE_SPAN bytes to the end of the block. That one is then read by the
 * general reader. tests/test_trade_quick.c holds the three against each other.
 *
 * Reads     never outside the block.
 * Threads   pure; the reader's memory of the last date is used.
 */
#ifndef CLR_CODECS_TRADEQUICK_H
#define CLR_CODECS_TRADEQUICK_H

#include "fields.h"

#define CLR_TRADE_SPAN 128                  /* more than the longest plain record with its line end: 105 bytes */

/** Records read from `*at`, which moves behind them; at most `max`. */
typedef size_t clr_trade_quick(struct clr_bytes block, size_t *at, struct clr_reader *reader, struct clr_raw *out, size_t max);

/** Eight bytes at a time, on any processor. */
clr_trade_quick clr_trade_quick_plain;

/** With AVX2; NULL where the compiler or this processor has none. */
clr_trade_quick *clr_trade_quick_avx2(void);

/** The quickest of them here. */
clr_trade_quick *clr_trade_quick_best(void);

/** codec->decode with a given quick reader, NULL = the general one alone (for tests and measurements). */
void clr_trade_csv_decode(clr_trade_quick *quick, const struct clr_codec_file *file, struct clr_bytes block, size_t *at, struct clr_raw *out,
                          size_t max, size_t *count);

#endif
