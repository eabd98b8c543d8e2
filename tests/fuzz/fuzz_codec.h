/*
 * fuzz_codec.h: what every codec must keep to on any bytes. One harness a codec calls it.
 *
 * The input is one byte of switches (bit 0 yuan, bit 1 GBK, bits 2 to 7 the block size in steps of 7 bytes), then the file.
 * A broken promise is a trap; what the sanitizers see is theirs.
 */
#ifndef CLR_TESTS_FUZZ_CODEC_H
#define CLR_TESTS_FUZZ_CODEC_H

#include "codec.h"

/** Decode as the engine does, whole and in blocks; trap where a promise of codec.h is broken. `plant` may be NULL: called for every record. */
void fuzz_codec(const struct clr_codec *codec, const uint8_t *data, size_t size, void (*plant)(const struct clr_raw *raw));

/* libFuzzer's entry points. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
