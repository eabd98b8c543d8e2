/* quick_plain.c: the quick readers for any processor (with SSE2, where the compiler may use it: every x86-64 has it). See quick.h. */
#define CLR_LANE(name) name##_plain
#include "csvscan.h"
#include "sztrows.h"
#include "xfrows.h"
#include "yzrows.h"

const struct clr_quick clr_quick_plain = {
    .csv_scan = csv_scan_plain,
    .szt_rows = szt_rows_plain,
    .yz316_rows = yz316_rows_plain,
    .xf158_rows = xf158_rows_plain,
    .xf160_rows = xf160_rows_plain,
};
