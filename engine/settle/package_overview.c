/* Packages at a glance: what waits, what is overdue. */
#include "settle/package.h"

static void count(const struct clr_rules *rules, clr_day today, const struct clr_package *package, struct clr_package_overview *out)
{
    const enum clr_package_state state = clr_package_state_of(package);
    const bool waits = state == CLR_PACKAGE_RECEIVED, disputed = state == CLR_PACKAGE_DISPUTED;
    out->packages++;
    out->waiting += waits;
    out->disputed += disputed;
    if (!(waits || disputed) || rules == NULL || today == CLR_DAY_NONE || package->target == CLR_DAY_NONE) return;
    out->overdue += today > clr_package_due(rules, package->target);
}

enum clr_status clr_package_overview_read(struct clr_tx *tx, const struct clr_rules *rules, clr_day today, struct clr_package_overview *out,
                                          struct clr_fault *fault)
{
    struct clr_scan scan;
    struct clr_bytes key, value;
    enum clr_status status;
    *out = (struct clr_package_overview){ 0 };
    CLR_TRY(clr_scan_open(tx, CLR_TABLE_pack, NULL, 0, &scan, fault));
    while ((status = clr_scan_next(&scan, &key, &value, fault)) == CLR_OK) {
        struct clr_package package;
        status = clr_package_unpack(key, value, &package);
        if (status != CLR_OK) break;
        count(rules, today, &package, out);
        clr_package_free(&package);
    }
    clr_scan_close(&scan);
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}
