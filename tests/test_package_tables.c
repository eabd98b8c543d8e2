/* The tables of packages: what is put is read again to the last field, keys sort and do not mix, what is damaged is said. */
#include "desk.h"
#include "store/packages.h"

static int group(void **state)
{
    if (scratch_open(state) != 0) return 1;
    desk_use(scratch_folder);
    return 0;
}

static struct clr_package_key key_of(const char *provider, uint64_t id)
{
    struct clr_package_key key;
    assert_true(clr_package_key_of(clr_bytes_text(provider), id, &key));
    return key;
}

static void keys(void **state)
{
    static const struct { const char *name, *text; uint64_t id; bool good; } rows[] = {
        { "plain", "20", 79752, true },
        { "longest", "12345678901234567890123456789012", 1, true },
        { "largest number", "FD", UINT64_MAX, true },
        { "empty", "", 1, false },
        { "too long", "123456789012345678901234567890123", 1, false },
        { "no number", "20", 0, false },
    };
    struct clr_package_key key;
    (void)state;
    for (size_t i = 0; i < DESK_COUNT(rows); i++)
        if (clr_package_key_of(clr_bytes_text(rows[i].text), rows[i].id, &key) != rows[i].good) fail_msg("%s", rows[i].name);
    assert_false(clr_package_key_of(clr_bytes_of("2\0000", 3), 1, &key));
}

static void a_package_is_read_as_it_was_put(void **state)
{
    struct desk desk = desk_open("tables");
    struct clr_tx tx;
    struct clr_package put = { .key = key_of("20", 79752), .admission = 3, .first = 1, .last = 5, .count = 5, .amount_fen = 12345,
                               .unreadable = 1, .target = 20000, .account = 77, .account_at_s = -5,
                               .account_window = 20001, .moved = { 1, 2 }, .withheld = { 3, 4 }, .disputed = { 5, 6 }, .open = { 7, 8 },
                               .passed = { 9, 10 }, .bad = { 11, 12 }, .totals = 20002, .confirmed = 88 }, got;
    (void)state;
    const uint64_t files[] = { 20180702, 20180701, 20180703, 20180702 };
    for (size_t i = 0; i < DESK_COUNT(files); i++) assert_int_equal(clr_package_file_add(&put, files[i]), CLR_OK);
    assert_int_equal(put.file_count, 3);
    assert_int_equal(clr_tx_begin(&desk.store->env, true, &tx, NULL), CLR_OK);
    assert_int_equal(clr_package_put(&tx, &put, NULL), CLR_OK);
    assert_int_equal(clr_package_get(&tx, &put.key, &got, NULL), CLR_OK);
    for (uint32_t i = 0; i < 3; i++) assert_int_equal(got.file[i], 20180701 + i);
    uint64_t *const own = put.file, *const others = got.file;
    put.file = got.file = NULL;
    assert_memory_equal(&put, &got, sizeof put);
    free(own);
    free(others);
    const struct clr_package_key other = key_of("2", 79752), later = key_of("20", 79753);
    assert_int_equal(clr_package_get(&tx, &other, &got, NULL), CLR_NOT_FOUND);
    assert_int_equal(clr_package_get(&tx, &later, &got, NULL), CLR_NOT_FOUND);
    clr_tx_abort(&tx);
    desk_close(&desk);
}

static void records_of_packages_do_not_mix(void **state)
{
    struct desk desk = desk_open("records");
    struct clr_tx tx;
    struct clr_package_record *record;
    size_t count;
    (void)state;
    const struct clr_package_key mine = key_of("20", 7), others[] = { key_of("20", 8), key_of("200", 7), key_of("2", 7) };
    assert_int_equal(clr_tx_begin(&desk.store->env, true, &tx, NULL), CLR_OK);
    for (uint32_t id = 300; id > 0; id--) {
        const struct clr_package_record put = { id, 1000 + id, (clr_fen)id * 10, CLR_ACCOUNT_DISPUTED, CLR_DISPUTE_BAD, 2, id % 2 == 0 };
        assert_int_equal(clr_package_record_put(&tx, &mine, &put, NULL), CLR_OK);
    }
    for (size_t i = 0; i < DESK_COUNT(others); i++)
        assert_int_equal(clr_package_record_put(&tx, &others[i], &(struct clr_package_record){ .trans_id = 1, .record = 9 }, NULL), CLR_OK);
    assert_int_equal(clr_package_records(&tx, &mine, &record, &count, NULL), CLR_OK);
    assert_int_equal(count, 300);
    for (uint32_t i = 0; i < 300; i++) {
        assert_int_equal(record[i].trans_id, i + 1);
        assert_int_equal(record[i].record, 1001 + i);
        assert_int_equal(record[i].amount_fen, (i + 1) * 10);
        assert_int_equal(record[i].code, 2);
        assert_int_equal(record[i].unreadable, (i + 1) % 2 == 0);
    }
    free(record);
    struct clr_package_record one;
    assert_int_equal(clr_package_record_get(&tx, &mine, 301, &one, NULL), CLR_NOT_FOUND);
    assert_int_equal(clr_package_record_get(&tx, &others[2], 1, &one, NULL), CLR_OK);
    assert_int_equal(one.record, 9);
    clr_tx_abort(&tx);
    desk_close(&desk);
}

static void totals_are_put_once(void **state)
{
    struct desk desk = desk_open("totals");
    struct clr_tx tx;
    struct clr_package_totals got;
    struct clr_package_total packages[] = { { key_of("20", 1), { 4, 400 } }, { key_of("20", 2), { 5, 500 } } };
    struct clr_dispute_file files[] = { { { 19905, "FD", 20240702 }, { 1, 10 }, { 3, 30 }, { 2, 20 } } };
    const struct clr_package_totals put = { 19905, 3, 1234567, { 9, 910 }, { { 9, 900 }, { 1, 10 }, { 0, 0 }, { 1, 100 } }, 2, 1, packages, files };
    (void)state;
    assert_int_equal(clr_tx_begin(&desk.store->env, true, &tx, NULL), CLR_OK);
    assert_int_equal(clr_package_totals_get(&tx, 19905, &got, NULL), CLR_NOT_FOUND);
    assert_int_equal(clr_package_totals_put(&tx, &put, NULL), CLR_OK);
    assert_int_equal(clr_package_totals_put(&tx, &put, NULL), CLR_INTERNAL);
    assert_int_equal(clr_package_totals_get(&tx, 19905, &got, NULL), CLR_OK);
    assert_int_equal(got.package_count, 2);
    assert_int_equal(got.file_count, 1);
    assert_memory_equal(got.package, packages, sizeof packages);
    assert_memory_equal(got.file, files, sizeof files);
    assert_memory_equal(&got.sums, &put.sums, sizeof got.sums);
    assert_int_equal(got.cleared.amount_fen, 910);
    assert_int_equal(got.stamp, 1234567);
    clr_package_totals_free(&got);
    clr_tx_abort(&tx);
    desk_close(&desk);
}

static void what_is_cut_or_longer_is_damaged(void **state)
{
    static const uint8_t key[] = { '2', '0', 0, 0, 0, 0, 0, 0, 0, 0, 1 };
    uint8_t value[512] = { 0 };
    struct clr_package package;
    struct clr_package_totals totals;
    size_t good = 0;
    (void)state;
    for (size_t size = 0; size < sizeof value; size++) {
        const enum clr_status status = clr_package_unpack(clr_bytes_of(key, sizeof key), clr_bytes_of(value, size), &package);
        good += status == CLR_OK;
        assert_true(status == CLR_OK || status == CLR_DAMAGED);
        clr_package_free(&package);
    }
    assert_int_equal(good, 1);                               /* of all lengths only one is right */
    assert_int_equal(clr_package_unpack(clr_bytes_of(key, sizeof key - 1), clr_bytes_of(value, 200), &package), CLR_DAMAGED);
    memset(value, 0xFF, sizeof value);
    assert_int_equal(clr_package_unpack(clr_bytes_of(key, sizeof key), clr_bytes_of(value, sizeof value), &package), CLR_DAMAGED);
    assert_int_equal(clr_package_totals_unpack(clr_bytes_of(key, 4), clr_bytes_of(value, sizeof value), &totals), CLR_DAMAGED);
    assert_int_equal(clr_package_totals_unpack(clr_bytes_of(key, 3), clr_bytes_of(value, sizeof value), &totals), CLR_DAMAGED);
}

static void sums_do_not_wrap(void **state)
{
    struct clr_package_sum sum = { UINT64_MAX, 5 };
    (void)state;
    assert_int_equal(clr_package_sum_add(&sum, 1, 0), CLR_OVERFLOW);
    sum = (struct clr_package_sum){ 1, INT64_MAX };
    assert_int_equal(clr_package_sum_add(&sum, 1, 1), CLR_OVERFLOW);
    assert_int_equal(sum.count, 1);
    assert_int_equal(sum.amount_fen, INT64_MAX);
    assert_int_equal(clr_package_sum_add(&sum, 2, -7), CLR_OK);
    assert_int_equal(sum.count, 3);
}

static void states(void **state)
{
    static const struct { const char *name; struct clr_package package; enum clr_package_state is; } rows[] = {
        { "new", { .totals = CLR_DAY_NONE }, CLR_PACKAGE_RECEIVED },
        { "accounted", { .account = 1, .totals = CLR_DAY_NONE }, CLR_PACKAGE_ACCOUNTED },
        { "disputed", { .account = 1, .open = { 1, 5 }, .totals = CLR_DAY_NONE }, CLR_PACKAGE_DISPUTED },
        { "cleared with open disputes", { .account = 1, .open = { 1, 0 }, .totals = 20000 }, CLR_PACKAGE_DISPUTED },
        { "cleared", { .account = 1, .totals = 20000 }, CLR_PACKAGE_CLEARED },
    };
    (void)state;
    for (size_t i = 0; i < DESK_COUNT(rows); i++)
        if (clr_package_state_of(&rows[i].package) != rows[i].is) fail_msg("%s", rows[i].name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys),
        cmocka_unit_test(a_package_is_read_as_it_was_put),
        cmocka_unit_test(records_of_packages_do_not_mix),
        cmocka_unit_test(totals_are_put_once),
        cmocka_unit_test(what_is_cut_or_longer_is_damaged),
        cmocka_unit_test(sums_do_not_wrap),
        cmocka_unit_test(states),
    };
    return cmocka_run_group_tests(tests, group, scratch_close);
}
