/* quick_avx2.c: the quick readers with AVX2; built with the options that CMakeLists.txt gives this file alone. See quick.h. */
#if defined(__x86_64__)
#define CLR_WIDE
#define CLR_LANE(name) name##_avx2
#include "csvscan.h"
#include "sztrows.h"
#include "xfrows.h"
#include "yzrows.h"

const struct clr_quick clr_quick_avx2 = {
    .csv_scan = csv_scan_avx2,
    .szt_rows = szt_rows_avx2,
    .yz316_rows = yz316_rows_avx2,
    .xf158_rows = xf158_rows_avx2,
    .xf160_rows = xf160_rows_avx2,
};
#endif
