/* quick.c: which of the quick readers this processor runs. See quick.h. */
#include "quick.h"

#include <stdalign.h>

#if defined(__x86_64__)
#include "lookconst.h"

#define TWICE(...) __VA_ARGS__, __VA_ARGS__
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
    [LOOK_TEN_THOUSANDS] = { TWICE(TWICE(TWICE(10000 & 0xff, 10000 >> 8, 1, 0))) },
    [LOOK_HEX_ORDER] = { TWICE(6, 4, 2, 0, 14, 12, 10, 8, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff) },
};
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
