/* quick_avx2.c: the quick readers with AVX2; built with the options that CMakeLists.txt gives this file alone. See quick.h. */
#if defined(__x86_64__)
#define CLR_WIDE
#define CLR_LANE(name) name##_avx2
#include "csvscan.h"
#include "sztrows.h"

const struct clr_quick clr_quick_avx2 = {
    .csv_scan = csv_scan_avx2,
    .szt_rows = szt_rows_avx2,
};
#endif
