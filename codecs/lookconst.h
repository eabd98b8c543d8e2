/*
 * lookconst.h: constants of 32 bytes for look.h, numbers.h and tradequick_avx2.c, with AVX2.
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
    X(UPPER) X(LETTER) X(FIVE) X(TEN) X(HEX_PAIR) X(HEX_ORDER) X(EIGHT) X(NIBBLE) X(TWELVE) X(TO_HIGH) X(TENS) X(HUNDREDS) \
    X(TEN_THOUSANDS) X(COMMA) X(CLASS_HIGH) X(CLASS_LOW) X(HEX_HIGH) X(TRADE_CLASS) X(TRADE_PAIRS) X(TRADE_MOST) X(TRADE_FOURS)

#define X(name) LOOK_##name,
enum { LOOK_CONSTANTS(X) LOOK_COUNT };
#undef X
extern const uint8_t clr_look_constant[LOOK_COUNT][32] __attribute__((visibility("hidden")));

/** 16 zeros, then 16 times 15: the 16 bytes at `size` keep the values of the last `size` digits of 16. */
extern const uint8_t clr_look_last[32] __attribute__((visibility("hidden")));

#endif
