/* quick_plain.c: the quick readers for any processor. See quick.h. */
#define CLR_LANE(name) name##_plain
#include "csvscan.h"
#include "sztrows.h"

const struct clr_quick clr_quick_plain = {
    .csv_scan = csv_scan_plain,
    .szt_rows = szt_rows_plain,
};
