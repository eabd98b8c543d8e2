/* quick.c: which of the quick readers this processor runs. See quick.h. */
#include "quick.h"

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
