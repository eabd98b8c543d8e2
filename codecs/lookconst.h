/*
 * lookconst.h: constants of 32 bytes for look.h and numbers.h with AVX2.
 *
 * They stand in quick.c so that the compiler does not know them: it would make each of them anew, from a byte, wherever one is used, and replace
 * comparisons by longer ones.
 *
 * Threads   constant.
 */
#ifndef CLR_CODECS_LOOKCONST_H
#define CLR_CODECS_LOOKCONST_H

#include <stdint.h>

#define LOOK_CONSTANTS(X)                                                                                                             \
    X(ONE) X(CONTROL_END) X(QUOTE) X(SEPARATORS) X(BLANK) X(ZERO) X(NINE) X(FIRST_HEAD) X(HEAD) X(NO_HEAD) X(GOOD_HEADS)                 \
    X(UPPER) X(LETTER) X(FIVE) X(TEN) X(HEX_PAIR) X(HEX_ORDER) X(EIGHT) X(NIBBLE) X(TWELVE) X(TO_HIGH) X(TENS) X(HUNDREDS) X(TEN_THOUSANDS)

#define X(name) LOOK_##name,
enum { LOOK_CONSTANTS(X) LOOK_COUNT };
#undef X
extern const uint8_t clr_look_constant[LOOK_COUNT][32] __attribute__((visibility("hidden")));

#endif
