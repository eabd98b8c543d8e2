/*
 * package_poke.c: changes one number in a store's tables of packages, for the tests that ask whether anybody notices.
 *
 *     package_poke STORE day-count | day-amount | moved-amount | record-amount | clearing-date
 */
#include <stdio.h>
#include <string.h>

#include "clr.h"
#include "store/packages.h"
#include "store/store.h"

/** First row of the table of what moved in a window. */
static enum clr_status poke_day(struct clr_tx *tx, bool count)
{
    struct clr_scan scan;
    struct clr_bytes key, value;
    struct clr_package_day sums;
    struct clr_package_key package;
    clr_day window;
    CLR_TRY(clr_scan_open(tx, CLR_TABLE_pday, NULL, 0, &scan, NULL));
    enum clr_status status = clr_scan_next(&scan, &key, &value, NULL);
    if (status == CLR_OK) status = clr_package_day_unpack(key, value, &window, &package, &sums);
    clr_scan_close(&scan);
    CLR_TRY(status);
    if (count) sums.accounted.count++;
    else sums.accounted.amount_fen++;
    return clr_package_day_put(tx, window, &package, &sums, NULL);
}

static enum clr_status poke_package(struct clr_tx *tx, const char *what)
{
    struct clr_package_key key;
    struct clr_package package;
    struct clr_package_record record;
    if (!clr_package_key_of(clr_bytes_text("FD"), 7001, &key)) return CLR_USAGE;
    if (strcmp(what, "record-amount") == 0) {
        CLR_TRY(clr_package_record_get(tx, &key, 1, &record, NULL));
        record.amount_fen++;
        return clr_package_record_put(tx, &key, &record, NULL);
    }
    CLR_TRY(clr_package_get(tx, &key, &package, NULL));
    if (strcmp(what, "moved-amount") == 0) package.moved.amount_fen++;
    else package.target++;
    const enum clr_status status = clr_package_put(tx, &package, NULL);
    clr_package_free(&package);
    return status;
}

static enum clr_status poke(struct clr_store *store, const char *what)
{
    struct clr_tx tx;
    CLR_TRY(clr_tx_begin(&store->env, true, &tx, NULL));
    const bool day = strncmp(what, "day-", 4) == 0;
    const enum clr_status status = day ? poke_day(&tx, strcmp(what, "day-count") == 0) : poke_package(&tx, what);
    if (status == CLR_OK) return clr_tx_commit(&tx, NULL);
    clr_tx_abort(&tx);
    return status;
}

int main(int count, char **words)
{
    const struct clr_store_options options = { 0 };
    struct clr_store *store;
    struct clr_fault fault = { 0 };
    if (count != 3) return 2;
    if (clr_store_open(words[1], &options, &store, &fault) != CLR_OK) {
        fprintf(stderr, "package_poke: %s\n", fault.en);
        return 1;
    }
    const enum clr_status status = poke(store, words[2]);
    clr_store_close(store);
    return status == CLR_OK ? 0 : 1;
}
