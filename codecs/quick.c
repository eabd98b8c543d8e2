/* quick.c: which of the quick readers this processor runs. See quick.h. */
#include "quick.h"

#include <stdalign.h>

#if defined(__x86_64__)
#include "lookconst.h"

#define TWICE(...) __VA_ARGS__, __VA_ARGS__
#define WORD(number) (number) & 0xff, (number) >> 8
#define EACH(byte) { TWICE(TWICE(TWICE(TWICE(TWICE(byte))))) }

const alignas(32) uint8_t clr_look_constant[LOOK_COUNT][32] = {
    [LOOK_ONE] = EACH(1),
    [LOOK_CONTROL_END] = EACH(0x21),
    [LOOK_QUOTE] = EACH('"'),
    [LOOK_SEPARATORS] = { TWICE(0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, '\n', 0, ',', 0, 0, 0) },
    [LOOK_BLANK] = EACH(' '),
    [LOOK_ZERO] = EACH('0'),
    [LOOK_NINE] = EACH(9),
    [LOOK_FIRST_HEAD] = EACH(0xc0),
    [LOOK_HEAD] = EACH(0xe0),
    [LOOK_NO_HEAD] = EACH(0x70),
    [LOOK_GOOD_HEADS] = { TWICE(0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0xff, 0xff) },
    [LOOK_UPPER] = EACH('A'),
    [LOOK_LETTER] = EACH('a'),
    [LOOK_FIVE] = EACH(5),
    [LOOK_TEN] = EACH(10),
    [LOOK_HEX_PAIR] = { TWICE(TWICE(TWICE(TWICE(16, 1)))) },
    [LOOK_EIGHT] = { TWICE(TWICE(8, 0, 0, 0, 0, 0, 0, 0)) },
    [LOOK_NIBBLE] = EACH(15),
    [LOOK_TWELVE] = { TWICE(0, 0, 0, 0, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15) },
    [LOOK_TO_HIGH] = EACH(0x76),
    [LOOK_TENS] = { TWICE(TWICE(TWICE(TWICE(10, 1)))) },
    [LOOK_HUNDREDS] = { TWICE(TWICE(TWICE(100, 0, 1, 0))) },
    [LOOK_TEN_THOUSANDS] = { TWICE(TWICE(TWICE(WORD(10000), 1, 0))) },
    [LOOK_COMMA] = EACH(','),
    /* Classes by the two halves of a character: 1 digit, 2 A to F and a to f, 4 comma, 8 colon. What is none has no bit in both. */
    [LOOK_CLASS_HIGH] = { TWICE(0, 0, 4, 9, 2, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0) },
    [LOOK_CLASS_LOW] = { TWICE(1, 3, 3, 3, 3, 3, 3, 1, 1, 1, 8, 0, 4, 0, 0, 0) },
    [LOOK_HEX_HIGH] = { TWICE(0, 0, 0, 0, 9, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0) },      /* what makes 10 of the 1 of an A */
    /* "hh:mm:ss,cccc,tt" and "t,ii,yy,xxxxxxxx" of a trade: classes, pairs of characters to numbers, the most these may be, and fours. */
    [LOOK_TRADE_CLASS] = { 1, 1, 8, 1, 1, 8, 1, 1, 4, 1, 1, 1, 1, 4, 1, 1, 1, 4, 1, 1, 4, 1, 1, 4, 3, 3, 3, 3, 3, 3, 3, 3 },
    [LOOK_TRADE_PAIRS] = { 10, 1, 0, 10, 1, 0, 10, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10, 1, 0, 10, 1, 0, 16, 1, 16, 1, 16, 1, 16, 1 },
    [LOOK_TRADE_MOST] = { WORD(23), WORD(50), WORD(9), WORD(59), WORD(0), WORD(0), WORD(0), WORD(0),
                          WORD(0), WORD(8), WORD(0), WORD(9), WORD(255), WORD(255), WORD(255), WORD(255) },
    [LOOK_TRADE_FOURS] = { WORD(3600), WORD(60), WORD(60), WORD(1), WORD(0), WORD(0), WORD(0), WORD(0),
                           WORD(0), WORD(1), WORD(1), WORD(1), WORD(256), WORD(1), WORD(256), WORD(1) },
    [LOOK_HEX_ORDER] = { TWICE(6, 4, 2, 0, 14, 12, 10, 8, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff) },
};

const uint8_t clr_look_last[32] = { [16] = 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15 };
#endif

const struct clr_quick *clr_quick_best(void)
{
#if defined(__x86_64__)
    /* What quick_avx2.c is built with (codecs/CMakeLists.txt). */
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("popcnt")) {
        return &clr_quick_avx2;
    }
#endif
    return &clr_quick_plain;
}
